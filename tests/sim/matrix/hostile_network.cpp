// SPDX-License-Identifier: Apache-2.0
// Half-dead servers, bad lines, and homeservers that say what was true once or never.
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/homeserver/testing/lies.hpp>

#include "matrix/hostile_rig.hpp"

namespace chatrixcd::test {

using namespace std::chrono_literals;
namespace testing = homeserver::testing;
namespace lies = testing::lies;
using base::http::method;

TEST_SUITE("matrix::hostile network") {
    TEST_CASE("a server that takes every request and answers none costs a delay and two lines") {
        for (auto const& half_dead : {fault::silent_before(), fault::silent_after()}) {
            echo_rig r;
            r.open();
            r.command();
            r.faults().on_everything().does(half_dead);
            for (int i = 0; i < 5; ++i) {
                r.w.pass(4min);
                r.command();
            }
            CHECK(r.logged("matrix.sync: the sync fails, trying again") == 1);
            CHECK(r.logged("did not answer in ") > 0);
            r.expect_each_once();
            CHECK(r.logged("matrix.sync: the homeserver answers again") == 1);
        }
    }

    TEST_CASE("a server that answers one byte a second is one that does not answer in time") {
        echo_rig r;
        r.open();
        r.faults().on_everything().does(fault::drip(1, 1s));
        for (int i = 0; i < 5; ++i) {
            r.command();
            r.w.pass(4min);
        }
        CHECK(r.logged("matrix.sync: the sync fails, trying again") == 1);
        r.expect_each_once();
    }

    TEST_CASE("a client that starts against a half-dead server says so after some minutes, and not in bits") {
        echo_rig r;
        r.make();
        r.faults().on_everything().does(fault::silent_before());
        auto const before = r.w.time.uptime();
        auto const started = r.w.run(r.bot->start(matrix::login::password(matrix::user_id("@bot:test"), base::secret(password))));
        REQUIRE_FALSE(started);
        CHECK(contains(started.error().describe(), "the homeserver http://test.invalid cannot be reached: test.invalid did not answer in"));
        CHECK(r.w.time.uptime() - before < 5min);
    }

    TEST_CASE("each trouble of bad weather, alone and on every request for a while, loses nothing and doubles nothing") {
        for (auto const& trouble : testing::bad_weather()) {
            INFO(trouble.description());
            echo_rig r;
            r.open();
            r.faults().on_everything().does(trouble);
            for (int i = 0; i < 2; ++i) {
                r.command();
                r.w.pass(1min);
            }
            r.expect_each_once();
            CHECK(r.faults().injected() > 1);
        }
    }

    TEST_CASE("bad weather of any seed, with restarts in it, loses nothing and doubles nothing") {
        for (std::uint64_t seed = 1; seed <= 8; ++seed) {
            INFO("seed ", seed);
            echo_rig r(seed);
            r.open();
            auto const weather = r.faults().on_everything().chance(350).does_one_of(testing::bad_weather());
            for (int i = 0; i < 10; ++i) {
                r.commands(1 + i % 2);
                r.w.pass(20s);
                if (i % 5 != 4) continue;
                r.close();
                // The next start may fail, as any start in such weather.
                weather.times(0);
                r.open();
                weather.times(100000);
            }
            r.expect_each_once(20min);
        }
    }

    TEST_CASE("old answers and old positions again and again: what was handled is not handled again") {
        for (std::size_t back = 1; back <= 3; ++back) {
            for (auto const& trouble : {fault::stale(back), fault::stale_position(back)}) {
                INFO(trouble.description());
                echo_rig r;
                r.open();
                for (int i = 0; i < 4; ++i) {
                    r.command();
                    r.w.pass(10s);
                }
                r.faults().on("/sync").chance(500).does(trouble);
                for (int i = 0; i < 6; ++i) {
                    r.command();
                    r.w.pass(1min);
                }
                r.expect_each_once();
            }
        }
    }

    TEST_CASE("a homeserver that gives the same news at once, without end, is not hammered") {
        echo_rig r;
        r.open();
        r.command();
        r.w.pass(10s);
        base::http::response again;
        std::size_t asked = 0;
        r.w.network->observer = [&](base::http::request const& q, base::http::response const& said) {
            if (contains(q.path(), "/sync")) again = said;
        };
        r.command();
        r.w.pass(31s);
        r.w.network->faults = [&](base::http::request const& q) {
            if (!contains(q.path(), "/sync")) return fault::none();
            ++asked;
            auto body = base::parse_json_object(again.body).value();
            auto const at = q.url.find("since=");
            body["next_batch"] = q.url.substr(at + 6, q.url.find('&', at) - at - 6);
            body["rooms"] = {{"join", {{r.room, {{"timeline", {{"events", boost::json::array()}}}}}}}};
            return fault::answer(base::http::response(200, boost::json::serialize(body)));
        };
        r.w.pass(10min);
        CHECK(asked < 700);
        CHECK(asked > 100);
        r.expect_each_once();
    }

    TEST_CASE("events delivered again in every sync are handled once") {
        echo_rig r;
        r.open();
        r.faults().on("/sync").does(fault::lie("events again", lies::repeat_events()));
        for (int i = 0; i < 10; ++i) {
            r.command();
            r.w.pass(1min);
        }
        r.expect_each_once();
    }

    TEST_CASE("an event that says it is of another room is not handled in this one") {
        echo_rig r;
        auto const other = r.ann.make_room({r.account.id()});
        r.account.join(other);
        r.open();
        auto const id = r.ann.say(other, "elsewhere");
        r.w.pass(10s);
        CHECK(r.heard == strings{"elsewhere"});
        r.heard.clear();
        auto const copy = R"({"type":"m.room.message","sender":"@ann:test","event_id":")" + id + R"(","room_id":")" + other +
                          R"(","origin_server_ts":1,"content":{"msgtype":"m.text","body":"elsewhere"}})";
        r.faults().on("/sync").does(fault::lie("an event of another room", lies::add_event(r.room, copy)));
        for (int i = 0; i < 3; ++i) {
            r.command();
            r.w.pass(1min);
        }
        r.expect_each_once();
    }

    TEST_CASE("a forged leave or ban of ours stops nothing once the server tells the truth again") {
        for (auto const* membership : {"leave", "ban", "join", "nonsense"}) {
            INFO(membership);
            echo_rig r;
            r.open();
            r.faults().on("/sync").does(fault::lie("we are out", lies::forge_membership(r.room, r.account.id(), membership)));
            for (int i = 0; i < 3; ++i) {
                r.command();
                r.w.pass(1min);
            }
            r.expect_each_once();
        }
    }
}

}  // namespace chatrixcd::test
