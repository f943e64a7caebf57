// SPDX-License-Identifier: Apache-2.0
// The topics against the embedded homeserver, with nothing scripted: what one side says the other takes.
#include <doctest/doctest.h>

#include <algorithm>
#include <boost/json/array.hpp>

#include <chatrixcd/base/files.hpp>
#include <chatrixcd/base/url.hpp>
#include <chatrixcd/matrix/account.hpp>
#include <chatrixcd/matrix/attachment.hpp>
#include <chatrixcd/matrix/devices.hpp>
#include <chatrixcd/matrix/directory.hpp>
#include <chatrixcd/matrix/history.hpp>
#include <chatrixcd/matrix/media.hpp>
#include <chatrixcd/matrix/membership.hpp>
#include <chatrixcd/matrix/presence.hpp>
#include <chatrixcd/matrix/profile.hpp>
#include <chatrixcd/matrix/push_rules.hpp>
#include <chatrixcd/matrix/reports.hpp>
#include <chatrixcd/matrix/search.hpp>

#include "requests/script.hpp"

namespace chatrixcd::test {

using base::error_kind;
using base::http::method;
using matrix::event_id;
using matrix::room_alias;
using matrix::room_id;
using matrix::user_id;

namespace {

// The bot's own public room, with Alice in it.
class hall {
public:
    hall() : alice(s.w.add("alice")), id(s.run(s.bot->create_room(matrix::new_room().open().name("Hall"))).value()) {
        alice.join(id.str());
    }

    scripted_world s;
    person alice;
    room_id id;
};

}  // namespace

TEST_SUITE("matrix::served") {
    TEST_CASE("profile: name, avatar and a field, seen by others") {
        hall h;
        auto const of = h.s.bot->profile();
        CHECK(h.s.run(of.set_display_name("The Bot")));
        CHECK(h.s.run(of.set_avatar("mxc://test/face")));
        CHECK(h.s.run(of.set_field("m.tz", "Europe/Berlin")));
        auto const seen = h.s.run(of.get(h.s.bot->user())).value();
        CHECK(seen.display_name == "The Bot");
        CHECK(seen.avatar_url == "mxc://test/face");
        CHECK(seen.time_zone == "Europe/Berlin");
        CHECK(h.s.run(of.remove_field("m.tz")));
        CHECK(h.s.run(of.get(h.s.bot->user())).value().time_zone.empty());
    }

    TEST_CASE("presence: set and read") {
        hall h;
        CHECK(h.s.run(h.s.bot->presence().set(matrix::availability::unavailable, "building")));
        auto const seen = h.s.run(h.s.bot->presence().get(h.s.bot->user())).value();
        CHECK(seen.status == "building");
    }

    TEST_CASE("devices: one is renamed, the others are removed with the login's password") {
        scripted_world s;
        auto const own = s.bot->device();
        auto const all = s.run(s.bot->devices().list()).value();
        REQUIRE(all.size() == 2);  // that of the registration is the other
        CHECK(s.run(s.bot->devices().rename(own, "builder")));
        CHECK(s.run(s.bot->devices().get(own)).value().name == "builder");
        std::vector<matrix::device_id> others;
        for (auto const& one : all) {
            if (one.id != own) others.push_back(one.id);
        }
        auto wrong = matrix::uia::answers().password(base::secret("not it"));
        CHECK(s.run(s.bot->devices().remove(others, std::move(wrong))).error().kind() == error_kind::forbidden);
        CHECK(s.run(s.bot->devices().remove(others)));
        CHECK(s.run(s.bot->devices().list()).value().size() == 1);
    }

    TEST_CASE("account: the password is changed, and the old one is worth nothing") {
        scripted_world s;
        CHECK(s.run(s.bot->account().change_password(base::secret("a better one"), /*log_out_other_devices=*/false)));
        auto old = matrix::uia::answers().password(base::secret(password));
        CHECK_FALSE(s.run(s.bot->account().change_password(base::secret("x"), false, std::move(old))));
        auto fresh = matrix::uia::answers().password(base::secret("a better one"));
        CHECK(s.run(s.bot->account().change_password(base::secret(password), false, std::move(fresh))));
    }

    TEST_CASE("account: tags come and go") {
        hall h;
        auto const of = h.s.bot->account();
        CHECK(h.s.run(of.set_tag(h.id, "m.favourite", 0.5)));
        CHECK(h.s.run(of.set_tag(h.id, "u.work")));
        CHECK(h.s.run(of.tags(h.id)).value().at("m.favourite") == 0.5);
        CHECK(h.s.run(of.remove_tag(h.id, "m.favourite")));
        CHECK(h.s.run(of.tags(h.id)).value().size() == 1);
    }

    TEST_CASE("directory: aliases, publishing and the public list") {
        hall h;
        auto const of = h.s.bot->directory();
        room_alias const alias("#den:test");
        CHECK(h.s.run(of.set_alias(alias, h.id)));
        CHECK(h.s.run(of.set_alias(alias, h.id)));  // again: no error
        CHECK(h.s.run(of.resolve(alias)).value().room == h.id);
        CHECK(h.s.run(of.aliases(h.id)).value() == std::vector<room_alias>{alias});
        CHECK_FALSE(h.s.run(of.is_published(h.id)).value());
        CHECK(h.s.run(of.publish(h.id, true)));
        CHECK(h.s.run(of.is_published(h.id)).value());
        auto list = of.public_rooms(matrix::room_query().containing("hall").page_size(1));
        auto const rooms = h.s.run(list.all(10)).value();
        REQUIRE(rooms.size() == 1);
        CHECK(rooms[0].room == h.id);
        CHECK(rooms[0].joined_members == 2);
        CHECK(h.s.run(of.remove_alias(alias)));
        CHECK(h.s.run(of.resolve(alias)).error().kind() == error_kind::not_found);
    }

    TEST_CASE("directory: summaries, spaces and upgrades") {
        hall h;
        auto const of = h.s.bot->directory();
        auto const seen = h.s.run(of.summary(h.id.str())).value();
        CHECK(seen.name == "Hall");
        CHECK(seen.joined_members == 2);
        auto const space = h.s.run(h.s.bot->create_room(matrix::new_room().space().open())).value();
        auto child = object_of(R"({"via":["test"],"suggested":true})");
        CHECK(h.s.run(h.s.bot->room(space).put_state("m.space.child", h.id.str(), std::move(child))));
        auto list = of.hierarchy(space);
        auto const below = h.s.run(list.all(10)).value();
        REQUIRE(below.size() == 2);
        CHECK(below[0].room_type == "m.space");
        REQUIRE(below[0].children.size() == 1);
        CHECK(below[0].children[0].room == h.id);
        CHECK(below[1].room == h.id);
        auto const successor = h.s.run(of.upgrade(h.id, "12")).value();
        CHECK(successor != h.id);
        CHECK(h.s.run(of.summary(successor.str())).value().name == "Hall");
        CHECK(h.s.run(of.upgrade(successor, "no such version")).error().kind() == error_kind::invalid);
    }

    TEST_CASE("membership: a knock where none is allowed, and one that is accepted") {
        hall h;
        auto const closed = h.alice.make_room();
        CHECK(h.s.run(h.s.bot->membership().knock(closed)).error().kind() == error_kind::forbidden);
        auto const friendly = h.alice.make_room();
        base::http::request open(method::put, "/_matrix/client/v3/rooms/" + base::percent_encode(friendly) + "/state/m.room.join_rules");
        std::move(open).with_bearer(h.alice.token()).with_body(R"({"join_rule":"knock"})");
        CHECK(h.s.run(h.s.w.server->handle(std::move(open))).status == 200);
        CHECK(h.s.run(h.s.bot->membership().knock(friendly, {}, "please")).value().str() == friendly);
        h.alice.invite(friendly, "@bot:test");
        CHECK(h.s.run(h.s.bot->join(friendly)));
    }

    TEST_CASE("push rules: a rule of our own decides") {
        hall h;
        auto const of = h.s.bot->push_rules();
        auto const said = matrix::event::parse_text(R"({"type":"m.room.message","event_id":"$e","sender":"@alice:test",
            "content":{"msgtype":"m.text","body":"deploy now"}})");
        auto const about = matrix::push_context(h.s.bot->user(), h.id).members(5);
        CHECK(h.s.run(of.get()).value().evaluate(said.value(), about).rule_id == ".m.rule.message");
        auto rule = object_of(R"({"pattern":"deploy","actions":["notify",{"set_tweak":"highlight"}]})");
        CHECK(h.s.run(of.put(matrix::push_kind::content, "deploys", std::move(rule))));
        auto const ours = h.s.run(of.get()).value().evaluate(said.value(), about);
        CHECK(ours.rule_id == "deploys");
        CHECK(ours.highlight);
        CHECK(h.s.run(of.enable(matrix::push_kind::content, "deploys", false)));
        CHECK(h.s.run(of.get()).value().evaluate(said.value(), about).rule_id == ".m.rule.message");
        CHECK(h.s.run(of.remove(matrix::push_kind::content, "deploys")));
        CHECK(h.s.run(of.remove(matrix::push_kind::content, "deploys")).error().kind() == error_kind::not_found);
    }

    TEST_CASE("history: threads, and the event at a time") {
        hall h;
        auto const root = h.alice.say(h.id.str(), "first");
        h.alice.send(h.id.str(), "m.room.message",
                     object_of(R"({"msgtype":"m.text","body":"in it","m.relates_to":{"rel_type":"m.thread","event_id":")" + root + "\"}}"));
        auto const of = h.s.bot->room(h.id).history();
        auto list = of.threads();
        auto const threads = h.s.run(list.all(10)).value();
        REQUIRE(threads.size() == 1);
        CHECK(threads[0].id().str() == root);
        auto const first = h.s.run(of.get(event_id(root))).value();
        CHECK(h.s.run(of.near(first.sent())).value().sent == first.sent());
    }

    TEST_CASE("search: a message with what was said around it, and a user by name") {
        hall h;
        h.alice.say(h.id.str(), "before");
        h.alice.say(h.id.str(), "the kettle is on");
        h.alice.say(h.id.str(), "after");
        auto list = h.s.bot->search().messages(matrix::search_query("kettle").in(h.id).context(1, 1));
        auto const hits = h.s.run(list.all(10)).value();
        REQUIRE(hits.size() == 1);
        CHECK(hits[0].found.content_text("body") == "the kettle is on");
        CHECK(hits[0].room == h.id);
        REQUIRE(hits[0].before.size() == 1);
        CHECK(hits[0].before[0].content_text("body") == "before");
        auto const found = h.s.run(h.s.bot->search().users("alice")).value();
        REQUIRE(found.users.size() == 1);
        CHECK(found.users[0].user.str() == h.alice.id());
    }

    TEST_CASE("reports are taken") {
        hall h;
        auto const said = h.alice.say(h.id.str(), "spam");
        CHECK(h.s.run(h.s.bot->reports().event(h.id, event_id(said), "spam")));
        CHECK(h.s.run(h.s.bot->reports().room(h.id, "spam")));
        CHECK(h.s.run(h.s.bot->reports().user(user_id(h.alice.id()), "spam")));
    }

    TEST_CASE("media: up, into a message, out of it and down to a file") {
        hall h;
        base::temporary_folder folder("chatrixcd-served-test");
        std::string const content(200000, 'x');
        auto what = matrix::upload::memory(content).type("text/plain").name("log.txt");
        auto const up = h.s.run(h.s.bot->media().upload(std::move(what))).value();
        auto const sent = h.s.run(h.s.bot->room(h.id).send_attachment(matrix::attachment::of(up))).value();
        auto const seen = matrix::attachment_of(h.s.run(h.s.bot->room(h.id).history().get(sent)).value()).value();
        CHECK(seen.size == content.size());
        auto const path = folder.path() + "/" + seen.file_name;
        auto const down = h.s.run(h.s.bot->media().save(seen.uri, path, matrix::download().expecting(up.sha256))).value();
        CHECK(down.file_name == "log.txt");
        CHECK(down.mime_type.starts_with("text/plain"));
        CHECK(base::read_file(path, 1U << 20U).value() == content);
    }

    TEST_CASE("media: a place that is reserved, filled once, and the limit") {
        scripted_world s;
        auto const of = s.bot->media();
        auto const reserved = s.run(of.reserve()).value();
        CHECK(s.run(of.get(reserved.uri, matrix::download().waiting(base::duration(10)))).error().kind() == error_kind::unavailable);
        CHECK(s.run(of.fill(reserved.uri, matrix::upload::memory("hello"))));
        CHECK(s.run(of.fill(reserved.uri, matrix::upload::memory("other"))).error().kind() == error_kind::conflict);
        CHECK(s.run(of.get(reserved.uri)).value().content == "hello");
        auto const most = s.run(of.upload_limit()).value();
        REQUIRE(most.has_value());
        CHECK(s.run(of.upload(matrix::upload::memory(std::string(*most + 1, 'x')))).error().kind() == error_kind::too_large);
    }
}

}  // namespace chatrixcd::test
