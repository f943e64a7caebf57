// SPDX-License-Identifier: Apache-2.0
// A client, a network, faults and a server that only counts, on virtual time.
#pragma once

#include <doctest/doctest.h>

#include <boost/asio/io_context.hpp>
#include <string>
#include <vector>

#include <chatrixcd/base/task_group.hpp>
#include <chatrixcd/base/virtual_clock.hpp>
#include <chatrixcd/homeserver/testing/faults.hpp>
#include <chatrixcd/homeserver/testing/network.hpp>
#include <support/run_coroutine.hpp>

namespace chatrixcd::test {

namespace http = base::http;
namespace testing = homeserver::testing;
using http::method;
using testing::fault;

// Answers {"n":N,"next_batch":"sN"} to its N-th request.
class counting_server final : public http::handler {
public:
    boost::asio::awaitable<http::response> handle(http::request r) override {
        ++count;
        seen.push_back(std::string(r.path()));
        auto const n = std::to_string(count);
        co_return http::response(200, R"({"n":)" + n + R"(,"next_batch":"s)" + n + "\"}");
    }
    int count = 0;
    std::vector<std::string> seen;
};

struct bench {
    explicit bench(std::uint64_t seed = 1) : broken(loop.get_executor(), time, server, seed), net(loop.get_executor(), time) {
        net.host("hs.test", broken);
    }
    ~bench() { run_virtual(loop, time, net.stop()); }

    base::result<http::response> send(http::request r) { return run_virtual(loop, time, net.send(std::move(r))); }
    base::result<http::response> ask(method verb, std::string const& path, std::chrono::milliseconds limit = std::chrono::seconds(30)) {
        return send(http::request(verb, "http://hs.test" + path).with_timeout(limit));
    }
    // "N" of the counting server's answer, or the error's kind.
    std::string get(std::string const& path = "/_matrix/client/v3/sync") { return outcome(ask(method::get, path)); }
    std::string put(std::string const& path = "/_matrix/client/v3/rooms/!a:b/send/m.room.message/1") {
        return outcome(ask(method::put, path));
    }
    static std::string outcome(base::result<http::response> const& said) {
        if (!said) return std::string(base::to_string(said.error().kind()));
        return said->status == 200 ? said->body : std::to_string(said->status);
    }

    boost::asio::io_context loop{1};
    base::virtual_clock time;
    counting_server server;
    testing::faults broken;
    testing::network net;
};

inline std::string answer_of(int n) { return R"({"n":)" + std::to_string(n) + R"(,"next_batch":"s)" + std::to_string(n) + "\"}"; }

}  // namespace chatrixcd::test
