// SPDX-License-Identifier: Apache-2.0
// What a room's handle tells, from the user's side.
#include <doctest/doctest.h>

#include "support/requests.hpp"
#include "support/results.hpp"

namespace chatrixcd::test {

namespace asio = boost::asio;
using strings = std::vector<std::string>;

namespace {

// A room of three, in which the other two have said nothing of late.
class quiet_room {
public:
    quiet_room() : ann(w.add("ann")), bob(w.add("bob")), account(w.add("bot")), room(ann.make_room({bob.id(), account.id()})) {
        bob.join(room);
        account.join(room);
        for (int i = 0; i < 8; ++i) account.say(room, "mine");
        w.network->observer = [this](base::http::request const& r, base::http::response const&) {
            if (contains(r.path(), "/members")) ++asked;
        };
    }
    ~quiet_room() {
        if (bot) w.stop(*bot);
    }
    void open(bool lazy = true) {
        matrix::sync_filter filter;
        filter.timeline_limit(4).lazy_members(lazy);
        bot = w.make_client("store", [&](matrix::options& o) { o.filter(filter); });
        w.start(*bot, "bot");
        w.run(bot->synced()).value();
    }
    matrix::room here() { return bot->room(matrix::room_id(room)); }
    std::size_t count() { return w.run(here().members()).value().size(); }

    world w;
    person ann;
    person bob;
    person account;
    std::string room;
    std::unique_ptr<matrix::client> bot;
    int asked = 0;
};

}  // namespace

TEST_SUITE("matrix::room") {
    TEST_CASE("members that a lazy homeserver left out are asked for once, then kept complete by syncs") {
        quiet_room q;
        q.open();
        CHECK_FALSE(q.w.run(q.here().info())->members_known);
        CHECK(q.count() == 3);
        CHECK(q.asked == 1);
        CHECK(q.w.run(q.here().info())->members_known);
        auto eve = q.w.add("eve");
        q.ann.invite(q.room, eve.id());
        eve.join(q.room);
        q.w.pass(std::chrono::seconds(5));
        CHECK(q.count() == 4);
        ask_as(q.w, q.bob, base::http::method::post, room_path(q.room, "/leave"));
        q.w.pass(std::chrono::seconds(5));
        CHECK(q.count() == 3);
        CHECK(q.asked == 1);
    }

    TEST_CASE("after a gap the members are asked for again: who came and went in it, a lazy homeserver does not say") {
        quiet_room q;
        q.open();
        CHECK(q.count() == 3);
        q.w.stop(*q.bot);
        q.bot.reset();
        ask_as(q.w, q.bob, base::http::method::post, room_path(q.room, "/leave"));
        for (int i = 0; i < 8; ++i) q.ann.say(q.room, "x");
        q.open();
        CHECK(q.count() == 2);
        CHECK(q.asked == 2);
        CHECK(q.w.run(q.here().membership_of(matrix::user_id(q.bob.id()))).value() != "join");
    }

    TEST_CASE("one member is looked up without asking, if the store knows") {
        quiet_room q;
        q.open();
        CHECK(q.w.run(q.here().membership_of(matrix::user_id(q.account.id()))).value() == "join");
        CHECK(q.asked == 0);
        CHECK(q.w.run(q.here().membership_of(matrix::user_id("@nobody:test"))).value().empty());
        CHECK(q.asked == 1);
        CHECK(q.w.run(q.here().membership_of(matrix::user_id(q.bob.id()))).value() == "join");
        CHECK(q.w.run(q.here().membership_of(matrix::user_id("@noone:test"))).value().empty());
        CHECK(q.asked == 1);
    }

    TEST_CASE("who asks while the homeserver fails gets its error, never half a list") {
        quiet_room q;
        q.open();
        q.w.network->faults = [](base::http::request const& r) {
            return contains(r.path(), "/members") ? fault::answer(json_answer(R"({"errcode":"M_FORBIDDEN"})", 403)) : fault::none();
        };
        CHECK(q.w.run(q.here().members()).error().kind() == base::error_kind::forbidden);
        for (auto const* nonsense : {"{}", "[]", "{\"chunk\":7}", "{", ""}) {
            q.w.network->faults = [&](base::http::request const& r) {
                return contains(r.path(), "/members") ? fault::answer(json_answer(nonsense)) : fault::none();
            };
            CHECK(q.w.run(q.here().members()).error().kind() == base::error_kind::protocol);
        }
        q.w.network->faults = nullptr;
        CHECK(q.count() == 3);
    }

    TEST_CASE("without lazy members the first sync has them all") {
        quiet_room q;
        q.open(/*lazy=*/false);
        CHECK(q.count() == 3);
        CHECK(q.asked == 0);
    }

    TEST_CASE("what a room tells follows what happens in it, though it was asked before") {
        quiet_room q;
        q.open();
        auto const before = q.w.run(q.here().info()).value();
        CHECK(before.given_name.empty());
        CHECK(before.creators == std::vector{matrix::user_id(q.ann.id())});
        put_state_as(q.w, q.ann, q.room, "m.room.name", R"({"name":"Lab"})");
        put_state_as(q.w, q.ann, q.room, "m.room.topic", R"({"topic":"all"})");
        q.w.pass(std::chrono::seconds(5));
        auto const after = q.w.run(q.here().info()).value();
        CHECK(after.name == "Lab");
        CHECK(after.topic == "all");
        CHECK(q.w.run(q.here().name()) == "Lab");
        auto const power = q.w.run(q.here().power_levels());
        REQUIRE(power);
        CHECK(power->may_send_state(matrix::user_id(q.ann.id()), "m.room.name"));
        CHECK_FALSE(power->may_send_state(matrix::user_id(q.account.id()), "m.room.name"));
        CHECK(q.w.run(q.bot->shared_rooms(matrix::user_id(q.ann.id()))).size() <= 1);
        ask_as(q.w, q.account, base::http::method::post, room_path(q.room, "/leave"));
        q.w.pass(std::chrono::seconds(5));
        CHECK_FALSE(q.w.run(q.here().info()));
        CHECK(q.w.run(q.here().power_levels()).error().kind() == base::error_kind::not_found);
        CHECK(q.w.run(q.here().name()).empty());
    }

    TEST_CASE("typing, receipts and presence are told to who listens, and asked for only then") {
        world w;
        auto ann = w.add("ann");
        auto account = w.add("bot");
        auto const room = ann.make_room({account.id()});
        account.join(room);
        bool filtered = false;
        w.network->observer = [&](base::http::request const& r, base::http::response const&) {
            if (contains(r.path(), "/sync")) filtered = contains(r.url, "ephemeral");
        };
        auto bot = w.make_client("");
        strings heard;
        bot->on_passing([&](matrix::passing what) -> asio::awaitable<void> {
            // What belongs to no room is told, too: the push rules of the account.
            if (!what.room().str().empty()) heard.push_back(what.type() + " " + what.room().str());
            co_return;
        });
        w.start(*bot, "bot");
        w.run(bot->synced()).value();
        ask_as(w, ann, base::http::method::put, room_path(room, "/typing/" + base::percent_encode(ann.id())),
               R"({"typing":true,"timeout":30000})");
        w.pass(std::chrono::seconds(5));
        CHECK(heard == strings{"m.typing " + room});
        CHECK_FALSE(filtered);
        w.stop(*bot);
        auto deaf = w.make_client("");
        w.start(*deaf, "bot");
        w.run(deaf->synced()).value();
        CHECK(filtered);
        w.stop(*deaf);
    }
}

}  // namespace chatrixcd::test
