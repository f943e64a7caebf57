// SPDX-License-Identifier: Apache-2.0
// The homeserver comes back under its name with an empty database: tokens, rooms and positions of before mean nothing to it.
#include <boost/json/object.hpp>

#include "matrix/hostile_rig.hpp"

namespace chatrixcd::test {

using namespace std::chrono_literals;
using base::http::method;

namespace {

// Another homeserver of the same name, as empty as on its first day. It outlives the rig that uses it.
class second_life {
public:
    explicit second_life(echo_rig& r) : rig_(r) {
        homeserver::server_options how(r.w.time, *r.w.server_random);
        how.server_name = "test";
        how.make_runner = base::make_inline_store_runner;
        how.password_cost = 1;
        fresh_ = r.w.run(homeserver::server::open(r.w.loop.get_executor(), std::move(how))).value();
        swap();
    }
    // The rig's server is stopped in its own time.
    ~second_life() {
        if (rig_.bot) rig_.close();
        swap();
    }
    second_life(second_life const&) = delete;
    second_life& operator=(second_life const&) = delete;

private:
    void swap() {
        rig_.w.server.swap(fresh_);
        front_ = std::make_unique<homeserver::testing::faults>(rig_.w.loop.get_executor(), rig_.w.time, *rig_.w.server);
        rig_.w.network->hosts.other_hosts(*front_);
    }
    echo_rig& rig_;
    std::unique_ptr<homeserver::server> fresh_;
    std::unique_ptr<homeserver::testing::faults> front_;
};

}  // namespace

TEST_SUITE("matrix::hostile reset") {
    TEST_CASE("without its account the client ends with one clear line, and does not spin") {
        echo_rig r;
        r.open();
        r.command();
        r.w.pass(10s);
        second_life const fresh(r);
        auto const ended = r.w.run(r.bot->run());
        REQUIRE_FALSE(ended);
        CHECK(ended.error().kind() == base::error_kind::unauthorized);
        CHECK(contains(ended.error().describe(), "the homeserver does not accept our login any more"));
        CHECK(r.logged("the account is of no use any more") == 1);
    }

    TEST_CASE("with its account made again the client comes back as a new device, leaves what is gone, and serves what is new") {
        for (bool const running : {true, false}) {
            INFO("the client runs while it happens: ", running);
            echo_rig r;
            r.open();
            r.commands(30);
            r.w.pass(10s);
            auto const old_room = r.room;
            if (!running) r.close();
            second_life const fresh(r);
            r.ann = r.w.add("ann");
            r.account = r.w.add("bot");
            r.said.clear();
            r.heard.clear();
            if (!running) r.open();
            r.w.pass(1min);
            CHECK(r.logged("the homeserver has lost its history") == 1);
            CHECK(r.w.run(r.bot->rooms()).empty());
            auto const refused = r.w.run(r.bot->room(matrix::room_id(old_room)).send("is anybody there?"));
            REQUIRE_FALSE(refused);
            CHECK(refused.error().errcode() == "M_FORBIDDEN");

            r.room = r.ann.make_room({r.account.id()});
            r.w.pass(1min);
            for (int i = 0; i < 3; ++i) {
                r.command();
                r.w.pass(1min);
            }
            r.w.network->calm();
            CHECK(r.heard == r.said);
            CHECK(r.ann.bodies(r.room, r.account.id()) == r.echoes());
            r.close();
        }
    }

    TEST_CASE("a position that the homeserver does not take any more is given up, and what it still has is taken in once") {
        echo_rig r;
        auto const other = r.ann.make_room({r.account.id()});
        r.account.join(other);
        r.open();
        r.command();
        r.w.pass(10s);
        base::http::response const unknown(400, R"({"errcode":"M_INVALID_PARAM","error":"no such token"})");
        auto const with_position = [](base::http::request const& q) { return q.url.find("since=") != std::string::npos; };
        auto const refusing = r.faults().on("/sync").when(with_position).times(3).does(fault::answer(unknown));
        r.w.pass(5min);
        CHECK(refusing.hits() == 3);
        CHECK(r.logged("the homeserver has lost its history, or our place in it") == 1);
        CHECK(r.lost.empty());
        r.expect_each_once();
    }

    TEST_CASE("an account that is suspended for a while keeps its position") {
        echo_rig r;
        r.open();
        base::http::response const limited(403, R"({"errcode":"M_RESOURCE_LIMIT_EXCEEDED","error":"too many users"})");
        auto const refusing = r.faults().on("/sync").does(fault::answer(limited));
        for (int i = 0; i < 5; ++i) {
            r.command();
            r.w.pass(4min);
        }
        CHECK(refusing.hits() > 5);
        CHECK(refusing.hits() < 60);
        r.expect_each_once();
        CHECK(r.lost.empty());
        CHECK(r.logged("lost its history") == 0);
    }

    TEST_CASE("being thrown out of every room while away is no loss of history") {
        echo_rig r;
        r.open();
        r.command();
        r.w.pass(10s);
        r.close();
        r.ann.kick(r.room, r.account.id());
        r.open();
        r.w.pass(1min);
        CHECK(r.logged("lost its history") == 0);
        CHECK(r.w.run(r.bot->rooms()).empty());
    }
}

}  // namespace chatrixcd::test
