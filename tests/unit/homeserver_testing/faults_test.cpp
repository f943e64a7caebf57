// SPDX-License-Identifier: Apache-2.0
// Which requests a rule spoils, and what is told about it.
#include "bench.hpp"

namespace chatrixcd::test {

using namespace std::chrono_literals;

TEST_SUITE("homeserver_testing::faults") {
    TEST_CASE("without a rule nothing happens, and nothing is told") {
        bench b;
        CHECK(b.get() == answer_of(1));
        CHECK(b.put() == answer_of(2));
        CHECK(b.broken.requests() == 2);
        CHECK(b.broken.injected() == 0);
        CHECK(b.broken.story().empty());
    }

    TEST_CASE("a rule is about a method and a path, a number of times, after some; the next rule has what it lets pass") {
        bench b;
        auto const first = b.broken.on(method::get, "/sync").after(1).times(2).does(fault::server_error(503));
        b.broken.on("/sync").does(fault::server_error(500));
        CHECK(b.get() == "500");
        CHECK(b.get() == "503");
        CHECK(b.get() == "503");
        CHECK(b.get() == "500");
        CHECK(b.put() == answer_of(1));
        CHECK(b.outcome(b.ask(method::post, "/_matrix/client/v3/sync")) == "500");
        CHECK(first.hits() == 2);
        b.broken.clear();
        CHECK(b.get() == answer_of(2));
        CHECK(b.broken.injected() == 5);
    }

    TEST_CASE("a rule may look at the request, and ends when it is told to") {
        bench b;
        auto const since =
            b.broken.on("/sync").when([](http::request const& r) { return r.query() == "since=a"; }).does(fault::drop_before());
        CHECK(b.get("/_matrix/client/v3/sync?since=a") == "unavailable");
        CHECK(b.get("/_matrix/client/v3/sync?since=b") == answer_of(1));
        since.end();
        CHECK(b.get("/_matrix/client/v3/sync?since=a") == answer_of(2));
    }

    TEST_CASE("a function decides about what no rule takes") {
        bench b;
        b.broken.otherwise([](http::request const& r) { return r.verb == method::put ? fault::drop_after() : fault::none(); });
        b.broken.on(method::put, "/rooms/**").once().does(fault::drop_before());
        CHECK(b.put() == "unavailable");
        CHECK(b.put() == "timeout_unknown");
        CHECK(b.get() == answer_of(2));
    }

    TEST_CASE("what reached the server is told to whoever observes, before its answer is spoiled") {
        bench b;
        std::vector<std::string> told;
        b.broken.observe([&](http::request const& r, http::response const& said) { told.push_back(r.url + " " + said.body); });
        b.broken.on_everything().once().does(fault::drop_before());
        b.broken.on_everything().once().does(fault::huge(1000));
        b.get("/a");
        b.get("/b");
        CHECK(told == std::vector<std::string>{"/b " + answer_of(1)});
    }

    TEST_CASE("chance and choice come from the seed: the same one replays, another one differs") {
        auto const play = [](std::uint64_t seed) {
            bench b(seed);
            b.broken.on_everything().chance(300).does_one_of(testing::bad_weather());
            for (int i = 0; i < 200; ++i) i % 2 == 0 ? b.get() : b.put();
            CHECK(b.broken.injected() > 30);
            CHECK(b.broken.injected() < 90);
            return b.broken.story();
        };
        auto const first = play(7);
        CHECK(play(7) == first);
        CHECK(play(8) != first);
    }

    TEST_CASE("the story has a line a fault: when, which request, whose, what") {
        bench b;
        b.broken.on("/sync").once().does(fault::drop_after().after(90s));
        b.ask(method::get, "/_matrix/client/v3/sync?since=x", 2min);
        b.get();
        b.broken.on("/sync").once().does(fault::rate_limited(3));
        b.get();
        CHECK(b.broken.story() ==
              "00:00:00.000 #1 GET /_matrix/client/v3/sync: after 90000 ms: the server executes it, the answer is lost\n"
              "00:01:30.000 #3 GET /_matrix/client/v3/sync: 429, to be tried again after 3 s\n");
    }
}

}  // namespace chatrixcd::test
