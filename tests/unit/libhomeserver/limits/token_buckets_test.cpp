// SPDX-License-Identifier: Apache-2.0
#include "limits/token_buckets.hpp"

#include <doctest/doctest.h>

#include <chrono>

#include "limits/endpoint_class.hpp"
#include "rig.hpp"

using namespace chatrixcd::test;
using namespace chatrixcd::homeserver;
using namespace std::chrono_literals;

TEST_SUITE("homeserver::limits") {
    TEST_CASE("a bucket holds a burst, then fills at its rate, and says how long to wait") {
        token_buckets buckets;
        rate_limit const limit{2, 3};
        for (int i = 0; i < 3; ++i) CHECK(!buckets.take("ann", limit, 1000ms));
        CHECK(buckets.take("ann", limit, 1000ms) == 500ms);
        CHECK(!buckets.take("bob", limit, 1000ms));
        CHECK(buckets.take("ann", limit, 1499ms) == 1ms);
        CHECK(!buckets.take("ann", limit, 1500ms));
        CHECK(buckets.take("ann", limit, 1500ms));
        for (int i = 0; i < 3; ++i) CHECK(!buckets.take("ann", limit, 1000000ms));
        CHECK(buckets.take("ann", limit, 1000000ms));
        CHECK(!buckets.take("ann", rate_limit(), 1000000ms));
    }

    TEST_CASE("any number of names takes a bounded number of buckets") {
        token_buckets buckets;
        for (int i = 0; i < 50000; ++i) CHECK(!buckets.take(std::to_string(i), {1, 1}, 0ms));
    }

    TEST_CASE("who sends too fast is told when to come back, and is then let through") {
        rig at({}, [](auto& options) { options.limits.messages = {1, 2}; });
        auto const ann = at.add("ann");
        auto const bob = at.add("bob");
        auto const room = ann.make_room({{"preset", "public_chat"}});
        bob.join(room);
        ann.say(room, "one");
        ann.say(room, "two");
        auto const path = "/rooms/" + escaped(room) + "/send/m.room.message/";
        auto const refused = ann.put(path + "x", {{"msgtype", "m.text"}, {"body", "three"}});
        CHECK(refused.status == 429);
        CHECK(refused.errcode() == "M_LIMIT_EXCEEDED");
        CHECK(chatrixcd::test::at(refused.body, "retry_after_ms") == json::value(1000));
        CHECK(refused.headers.get("Retry-After") == "1");
        // Others, and other things, have their own limits.
        bob.say(room, "four");
        CHECK(ann.get("/account/whoami").status == 200);
        at.pass(1s);
        CHECK(ann.put(path + "x", {{"msgtype", "m.text"}, {"body", "three"}}).status == 200);
    }

    TEST_CASE("passwords are guessed slowly") {
        rig at({}, [](auto& options) { options.limits.logins = {0.5, 3}; });
        at.add("ann");
        json::object const guess{{"type", "m.login.password"}, {"user", "ann"}, {"password", "x"}};
        for (int i = 0; i < 3; ++i) CHECK(at.ask(method::post, "/login", json::value(guess), {}).status == 403);
        auto const refused = at.ask(method::post, "/login", json::value(guess), {});
        CHECK(refused.status == 429);
        CHECK(refused.headers.get("Retry-After") == "2");
    }

    TEST_CASE("endpoints are told apart by what they cost") {
        CHECK(classify(method::get, "/sync") == endpoint_class::unlimited);
        CHECK(classify(method::put, "/rooms/{room}/send/{type}/{txn}") == endpoint_class::messages);
        CHECK(classify(method::post, "/join/{name}") == endpoint_class::rooms);
        CHECK(classify(method::post, "/rooms/{room}/ban") == endpoint_class::rooms);
        CHECK(classify(method::delete_, "/devices/{device}") == endpoint_class::logins);
        CHECK(classify(method::get, "/devices/{device}") == endpoint_class::others);
        CHECK(classify(method::post, "/_matrix/media/v3/upload") == endpoint_class::media);
    }
}
