// SPDX-License-Identifier: Apache-2.0
// What happens on the way, as a client sees it and as the server sees it.
#include "bench.hpp"

namespace chatrixcd::test {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

asio::awaitable<void> keep(testing::network& net, http::request r, std::vector<std::string>& into) {
    auto const said = co_await net.send(std::move(r));
    into.push_back(bench::outcome(said));
}

http::request put(std::string const& path, std::string const& token) {
    return http::request(method::put, "http://hs.test" + path).with_bearer(token);
}

}  // namespace

TEST_SUITE("homeserver_testing::network") {
    TEST_CASE("hosts are told apart; where nobody is, the client is not connected") {
        bench b;
        counting_server other;
        b.net.host("other.test:8448", other);
        CHECK(b.send(http::request(method::get, "https://other.test:8448/x")));
        CHECK(other.seen == std::vector<std::string>{"/x"});
        CHECK(b.outcome(b.send(http::request(method::get, "https://nowhere.test/x"))) == "unavailable");
        CHECK(b.outcome(b.send(http::request(method::get, "not a url"))) == "invalid");
        b.net.remove("other.test:8448");
        CHECK(b.outcome(b.send(http::request(method::get, "https://other.test:8448/x"))) == "unavailable");
        b.net.other_hosts(other);
        CHECK(b.send(http::request(method::get, "https://nowhere.test/x")));
    }

    TEST_CASE("each fault of the way: whether the server executes the request, and what the client knows") {
        struct row {
            fault what;
            int executed;
            char const* seen;
        };
        row const rows[] = {
            {fault::drop_before(), 0, "unavailable"},
            {fault::reset(), 0, "timeout_unknown"},
            {fault::drop_after(), 1, "timeout_unknown"},
            {fault::silent_before(), 0, "timeout_unknown"},
            {fault::silent_after(), 1, "timeout_unknown"},
            {fault::truncated(5), 1, "timeout_unknown"},
            {fault::drip(1, 1s), 1, "timeout_unknown"},
            {fault::late_answer(31s), 1, "timeout_unknown"},
            {fault::none().after(29s), 1, nullptr},
            {fault::late_answer(29s), 1, nullptr},
            {fault::duplicate(), 2, nullptr},
            {fault::drip(100, 1s), 1, nullptr},
            {fault::overtaken_request(1, 10s), 1, nullptr},
            {fault::overtaken_answer(1, 10s), 1, nullptr},
            {fault::unknown_token(true), 0, "401"},
            {fault::rate_limited(1), 0, "429"},
        };
        for (auto const& row : rows) {
            for (auto const verb : {method::get, method::put}) {
                INFO(row.what.description());
                bench b;
                b.broken.on_everything().does(row.what);
                auto const seen = b.outcome(b.ask(verb, "/_matrix/client/v3/x"));
                CHECK(b.server.count == row.executed);
                CHECK(seen == (row.seen == nullptr ? answer_of(row.executed) : std::string(row.seen)));
            }
        }
    }

    TEST_CASE("a request that changes something is executed though its sender has given it up, a GET is not") {
        bench b;
        b.broken.on_everything().does(fault::none().after(1min));
        CHECK(b.put() == "timeout_unknown");
        CHECK(b.get() == "timeout_unknown");
        CHECK(b.server.count == 1);  // the PUT, while the GET waited
        run_virtual(b.loop, b.time, b.time.sleep(2min));
        CHECK(b.server.count == 1);
    }

    TEST_CASE("an answer over the client's cap is too large") {
        bench b;
        b.broken.on_everything().does(fault::huge(5000));
        auto const cap = [&](std::size_t bytes) {
            return b.outcome(b.send(http::request(method::get, "http://hs.test/x").with_max_response(bytes)));
        };
        CHECK(cap(4999) == "too_large");
        CHECK(cap(5000).size() == 5000);
    }

    TEST_CASE("a request is overtaken by those of its own client alone; so is an answer") {
        bench b;
        b.broken.on("/x/1").once().does(fault::overtaken_request(2, 1h));
        std::vector<std::string> answers;
        base::task_group tasks(b.loop.get_executor(), nullptr);
        for (auto const* path : {"/_matrix/client/v3/x/1", "/_matrix/client/v3/x/2", "/_matrix/client/v3/x/3"}) {
            tasks.spawn(keep(b.net, put(path, "mine"), answers));
            tasks.spawn(keep(b.net, put("/foreign", "other"), answers));
        }
        run_virtual(b.loop, b.time, tasks.join());
        CHECK(b.server.seen.back() == "/_matrix/client/v3/x/1");

        b.server.seen.clear();
        b.broken.on("/x/1").once().does(fault::overtaken_answer(1, 1h));
        answers.clear();
        tasks.spawn(keep(b.net, put("/_matrix/client/v3/x/1", "mine"), answers));
        tasks.spawn(keep(b.net, put("/_matrix/client/v3/x/2", "mine"), answers));
        run_virtual(b.loop, b.time, tasks.join());
        CHECK(b.server.seen.front() == "/_matrix/client/v3/x/1");
        CHECK(answers == std::vector<std::string>{answer_of(8), answer_of(7)});
    }

    TEST_CASE("stop cuts what is under way") {
        bench b;
        b.broken.on_everything().does(fault::none().after(20h));
        std::vector<std::string> answers;
        base::task_group tasks(b.loop.get_executor(), nullptr);
        tasks.spawn(keep(b.net, put("/x", "mine"), answers));
        run_virtual(b.loop, b.time, b.time.sleep(1min));
        CHECK(answers == std::vector<std::string>{"timeout_unknown"});
        run_virtual(b.loop, b.time, b.net.stop(), 1s);
        CHECK(b.server.count == 0);
        run_virtual(b.loop, b.time, tasks.join());
    }

    TEST_CASE("a handler that throws is an empty 500") {
        class : public http::handler {
            asio::awaitable<http::response> handle(http::request) override {
                throw std::runtime_error("broken");
                co_return http::response();
            }
        } broken;
        bench b;
        b.net.host("broken.test", broken);
        CHECK(b.outcome(b.send(http::request(method::get, "http://broken.test/"))) == "500");
    }
}

}  // namespace chatrixcd::test
