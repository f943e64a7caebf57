// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>

#include "streams/hub.hpp"
#include "streams/tokens.hpp"
#include "streams/typing.hpp"

using namespace chatrixcd;
using namespace chatrixcd::homeserver;
using namespace std::chrono_literals;

TEST_SUITE("homeserver::streams") {
    TEST_CASE("tokens come back as they went, and nothing else is one") {
        sync_token const token{12, 3, 0, 1767225600000};
        auto const back = sync_token::parse(token.str("Ab3dEf"), "Ab3dEf");
        REQUIRE(back);
        CHECK(back->events == 12);
        CHECK(back->typing == 1767225600000);
        CHECK(parse_place(format_place({7, 12})) == position{7, 12});
        for (auto const* text : {"", "t", "t1", "t1_", "t1_2_3", "t_1_2", "t1_-2", "s1_2", "t1__2", "t1_2 ", "t99999999999999999999_1"}) {
            CHECK(!parse_place(text));
        }
    }

    TEST_CASE("a wake between the look and the wait is not lost") {
        boost::asio::io_context loop;
        hub wakeups(loop.get_executor());
        auto const mark = wakeups.now();
        wakeups.wake({"!a"});
        CHECK(wakeups.woken_since(mark, {"@me", "!a"}));
        CHECK(!wakeups.woken_since(mark, {"@me", "!b"}));
        CHECK(!wakeups.woken_since(wakeups.now(), {"!a"}));
    }

    TEST_CASE("a waiter wakes for its own keys, even before it waits, and leaves no trace") {
        boost::asio::io_context loop;
        hub wakeups(loop.get_executor());
        int woken = 0;
        {
            hub::waiter mine(wakeups, {"!a", "@me"});
            hub::waiter other(wakeups, {"!b"});
            wakeups.wake({"!a"});
            boost::asio::co_spawn(loop, mine.wait(), [&](std::exception_ptr, bool) { woken += 1; });
            boost::asio::co_spawn(loop, other.wait(), [&](std::exception_ptr, bool) { woken += 100; });
            loop.poll();
            CHECK(woken == 1);
            wakeups.stop();
            loop.restart();
            loop.poll();
            CHECK(woken == 101);
        }
        wakeups.wake({"!a", "!b"});
    }

    TEST_CASE("typing lists change only when somebody starts, stops or runs out of time") {
        typing_lists lists(base::time_point(1000ms));
        CHECK(lists.start("!r", "@a", 5s));
        CHECK(!lists.start("!r", "@a", 8s));
        CHECK(lists.start("!r", "@b", 6s));
        CHECK(lists.next_expiry() == base::duration(6s));
        auto const seen = lists.last();
        CHECK(lists.changed_since(0).at("!r").size() == 2);
        CHECK(lists.expire(5s).empty());
        CHECK(lists.changed_since(seen).empty());
        CHECK(lists.expire(6s) == std::vector<std::string>{"!r"});
        CHECK(lists.changed_since(seen).at("!r") == std::vector<std::string>{"@a"});
        CHECK(!lists.stop("!r", "@b"));
        CHECK(lists.stop("!r", "@a"));
        CHECK(lists.changed_since(seen).at("!r").empty());
    }
}
