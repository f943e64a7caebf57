// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>

#include "rig.hpp"

using namespace chatrixcd::test;

namespace {

using names = std::vector<std::string>;

reply search(person const& who, json::object criteria, std::string const& from = "") {
    json::object categories;
    categories["room_events"] = std::move(criteria);
    auto const path = std::string("/search") + (from.empty() ? "" : "?next_batch=" + from);
    return who.post(path, {{"search_categories", std::move(categories)}});
}

json::value events(reply const& of, std::string const& path) { return at(of.body, "search_categories/room_events/" + path); }
names bodies(reply const& of) { return each(events(of, "results"), "result/content/body"); }

}  // namespace

TEST_SUITE("homeserver::search") {
    TEST_CASE("messages, names and topics are found by their words, whatever the case") {
        rig at;
        auto const ann = at.add("ann");
        auto const room = ann.make_room({{"name", "Deploy room"}, {"topic", "Where we deploy"}});
        ann.say(room, "Deploy the web");
        ann.say(room, "the deployment failed");
        ann.say(room, "please DEPLOY, deploy!");
        auto const all = search(ann, {{"search_term", "deploy"}, {"order_by", "recent"}});
        REQUIRE(all.status == 200);
        CHECK(events(all, "count") == json::value(4));
        CHECK(each(events(all, "results"), "result/type") == names{"m.room.message", "m.room.message", "m.room.topic", "m.room.name"});
        CHECK(events(all, "highlights") == json::value(json::array{"deploy"}));
        // The most of it first.
        CHECK(bodies(search(ann, {{"search_term", "deploy"}, {"keys", {"content.body"}}})) ==
              names{"please DEPLOY, deploy!", "Deploy the web"});
        CHECK(bodies(search(ann, {{"search_term", "web deploy"}})) == names{"Deploy the web"});
        CHECK(bodies(search(ann, {{"search_term", "..."}})).empty());
    }

    TEST_CASE("only what one may see is found: not before the invite, not in others' rooms, not what was redacted") {
        rig at;
        auto const ann = at.add("ann");
        auto const bob = at.add("bob");
        json::object const hidden{{"type", "m.room.history_visibility"}, {"content", {{"history_visibility", "joined"}}}};
        auto const room = ann.make_room({{"preset", "public_chat"}, {"initial_state", json::array{hidden}}});
        auto const other = ann.make_room();
        ann.say(room, "secret early");
        ann.say(other, "secret elsewhere");
        bob.join(room);
        auto const gone = ann.say(room, "secret redacted");
        ann.say(room, "secret seen");
        ann.put("/rooms/" + escaped(room) + "/redact/" + escaped(gone) + "/r", json::object());
        CHECK(bodies(search(bob, {{"search_term", "secret"}})) == names{"secret seen"});
        // After leaving, what was said while one was there.
        bob.leave(room);
        ann.say(room, "secret late");
        CHECK(bodies(search(bob, {{"search_term", "secret"}})) == names{"secret seen"});
    }

    TEST_CASE("recent results come in pages without gap or repetition") {
        rig at;
        auto const ann = at.add("ann");
        auto const room = ann.make_room();
        names sent;
        for (int i = 0; i < 25; ++i) {
            ann.say(room, "word " + std::to_string(i));
            sent.push_back("word " + std::to_string(i));
        }
        std::ranges::reverse(sent);
        names got;
        std::string from;
        for (int pages = 0; pages < 10; ++pages) {
            auto const page = search(ann, {{"search_term", "word"}, {"order_by", "recent"}, {"filter", {{"limit", 10}}}}, from);
            for (auto& body : bodies(page)) got.push_back(std::move(body));
            auto const next = events(page, "next_batch");
            if (next.is_null()) break;
            from = std::string(next.as_string());
        }
        CHECK(got == sent);
    }

    TEST_CASE("context, groups and state come along when asked for") {
        rig at;
        auto const ann = at.add("ann");
        ann.put("/profile/" + ann.id + "/displayname", {{"displayname", "Ann"}});
        auto const room = ann.make_room();
        ann.say(room, "before");
        auto const hit = ann.say(room, "needle");
        ann.say(room, "after");
        auto const found = search(ann, {{"search_term", "needle"},
                                        {"event_context", {{"before_limit", 1}, {"after_limit", 5}, {"include_profile", true}}},
                                        {"include_state", true},
                                        {"groupings", {{"group_by", {{{"key", "room_id"}}, {{"key", "sender"}}}}}}});
        CHECK(each(events(found, "results/0/context/events_before"), "content/body") == names{"before"});
        CHECK(each(events(found, "results/0/context/events_after"), "content/body") == names{"after"});
        CHECK(events(found, "results/0/context/profile_info/" + ann.id + "/displayname") == "Ann");
        CHECK(events(found, "groups/room_id/" + room + "/results") == json::value(json::array{hit}));
        CHECK(events(found, "groups/sender/" + ann.id + "/results") == json::value(json::array{hit}));
        CHECK(events(found, "state/" + room).as_array().size() > 5);
    }

    TEST_CASE("a filter narrows the search, and what is no search is refused") {
        rig at;
        auto const ann = at.add("ann");
        auto const one = ann.make_room();
        auto const two = ann.make_room();
        ann.say(one, "word one");
        ann.say(two, "word two");
        CHECK(bodies(search(ann, {{"search_term", "word"}, {"filter", {{"rooms", {two}}}}})) == names{"word two"});
        CHECK(search(ann, json::object()).errcode() == "M_BAD_JSON");
        CHECK(search(ann, {{"search_term", "x"}, {"order_by", "luck"}}).errcode() == "M_INVALID_PARAM");
        CHECK(search(ann, {{"search_term", "x"}, {"groupings", {{"group_by", {{{"key", "day"}}}}}}}).errcode() == "M_INVALID_PARAM");
        CHECK(search(ann, {{"search_term", "x"}}, "garbage").errcode() == "M_INVALID_PARAM");
        CHECK(ann.post("/search", json::object()).errcode() == "M_MISSING_PARAM");
        CHECK(ann.post("/search", {{"search_categories", json::object()}}).status == 200);
    }
}
