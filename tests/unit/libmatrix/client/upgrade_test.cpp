// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>

#include "support/requests.hpp"
#include "support/results.hpp"

namespace chatrixcd::test {

namespace asio = boost::asio;
using strings = std::vector<std::string>;

namespace {

// A bot in a room whose owner moves away.
class moving {
public:
    moving() : ann(w.add("ann")), account(w.add("bot")), old_room(ann.make_room({account.id()})) { account.join(old_room); }
    ~moving() {
        if (bot) close();
    }

    void open(std::function<void(matrix::options&)> adjust = {}) {
        bot = w.make_client("store", std::move(adjust));
        bot->on_room_upgraded([this](matrix::room before, matrix::room after) -> asio::awaitable<void> {
            told.push_back(before.id().str() + " " + after.id().str());
            (co_await after.send("here again")).value();
        });
        w.start(*bot, "bot");
        w.run(bot->synced()).value();
    }
    void close() {
        w.stop(*bot);
        bot.reset();
    }
    std::string make_successor(std::string const& predecessor) {
        return make_room_as(w, ann, R"({"preset":"public_chat","creation_content":{"predecessor":{"room_id":")" + predecessor + "\"}}}");
    }
    void end_room(std::string const& successor) {
        put_state_as(w, ann, old_room, "m.room.tombstone", R"({"body":"moved","replacement_room":")" + successor + "\"}");
    }
    bool is_in(std::string const& room) {
        auto const rooms = w.run(bot->rooms());
        return std::find(rooms.begin(), rooms.end(), matrix::room_id(room)) != rooms.end();
    }

    world w;
    person ann;
    person account;
    std::string old_room;
    std::unique_ptr<matrix::client> bot;
    strings told;
};

}  // namespace

TEST_SUITE("matrix::upgrade") {
    TEST_CASE("a room that is upgraded is followed, through the server of who upgraded it, and told of once") {
        moving m;
        m.open();
        auto const next = m.make_successor(m.old_room);
        std::string joined_with;
        m.w.network->observer = [&](base::http::request const& r, base::http::response const&) {
            if (contains(r.path(), "/join/")) joined_with = std::string(r.query());
        };
        m.end_room(next);
        m.w.pass(std::chrono::minutes(1));
        CHECK(m.is_in(next));
        CHECK(m.told == strings{m.old_room + " " + next});
        CHECK(joined_with == "via=test&server_name=test");
        CHECK(m.ann.bodies(next, m.account.id()) == strings{"here again"});
        CHECK(m.w.run(m.bot->room(matrix::room_id(m.old_room)).info())->successor == matrix::room_id(next));
        CHECK(m.w.run(m.bot->room(matrix::room_id(next)).info())->predecessor == matrix::room_id(m.old_room));
        m.close();
        m.open();
        m.w.pass(std::chrono::minutes(1));
        CHECK(m.told.size() == 1);
    }

    TEST_CASE("a room that does not name the old one as its predecessor is left again") {
        for (std::string const predecessor : {"", "!another:test"}) {
            moving m;
            m.open();
            auto const next = m.make_successor(predecessor);
            m.end_room(next);
            m.w.pass(std::chrono::minutes(1));
            CHECK_FALSE(m.is_in(next));
            CHECK(m.told.empty());
            CHECK(m.is_in(m.old_room));
            auto const said = std::any_of(m.w.log_lines.begin(), m.w.log_lines.end(),
                                          [](std::string const& line) { return contains(line, "does not name it: not followed"); });
            CHECK(said);
        }
    }

    TEST_CASE("a room that we were in anyway is not left for what another room says of it") {
        moving m;
        auto const other = m.ann.make_room({m.account.id()});
        m.account.join(other);
        m.open();
        m.end_room(other);
        m.w.pass(std::chrono::minutes(1));
        CHECK(m.is_in(other));
        CHECK(m.told.empty());
    }

    TEST_CASE("rooms that name each other as successors are followed once, and not in a circle") {
        moving m;
        m.open();
        unsigned joins = 0;
        m.w.network->observer = [&](base::http::request const& r, base::http::response const&) {
            joins += contains(r.path(), "/join/") ? 1 : 0;
        };
        auto const next = m.make_successor(m.old_room);
        m.end_room(next);
        put_state_as(m.w, m.ann, next, "m.room.tombstone", R"({"body":"back","replacement_room":")" + m.old_room + "\"}");
        m.w.pass(std::chrono::hours(1));
        CHECK(m.is_in(m.old_room));
        CHECK(m.is_in(next));
        CHECK(m.told == strings{m.old_room + " " + next});
        CHECK(joins <= 2);
        m.close();
        m.open();
        m.w.pass(std::chrono::hours(1));
        CHECK(m.told.size() == 1);
        CHECK(joins <= 2);
    }

    TEST_CASE("a successor that cannot be joined, or that is nonsense, costs nothing but itself") {
        for (auto const* target : {"!nowhere:test", "no room", ""}) {
            moving m;
            m.open();
            m.end_room(target);
            m.w.pass(std::chrono::minutes(5));
            CHECK(m.told.empty());
            CHECK(m.is_in(m.old_room));
            m.end_room(m.old_room);  // itself
            m.w.pass(std::chrono::minutes(5));
            CHECK(m.told.empty());
        }
    }

    TEST_CASE("upgrades are followed after outages and restarts, and not when that is off") {
        moving m;
        m.open();
        m.w.network->faults = [](base::http::request const& r) {
            return contains(r.path(), "/join/") ? fault::server_error(503) : fault::none();
        };
        auto const next = m.make_successor(m.old_room);
        m.end_room(next);
        m.w.pass(std::chrono::minutes(1));
        CHECK_FALSE(m.is_in(next));
        m.close();
        m.w.network->faults = nullptr;
        m.open();
        m.w.pass(std::chrono::minutes(1));
        CHECK(m.is_in(next));
        CHECK(m.told.size() == 1);

        moving off;
        off.open([](matrix::options& o) { o.follow_upgrades(false); });
        auto const ignored = off.make_successor(off.old_room);
        off.end_room(ignored);
        off.w.pass(std::chrono::minutes(1));
        CHECK_FALSE(off.is_in(ignored));
    }
}

}  // namespace chatrixcd::test
