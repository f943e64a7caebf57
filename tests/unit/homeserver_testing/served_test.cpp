// SPDX-License-Identifier: Apache-2.0
// The embedded homeserver with faults: whose request it is, and the same faults behind a real port.
#include <doctest/doctest.h>

#include <boost/json/object.hpp>
#include <memory>

#include <chatrixcd/base/http_client.hpp>
#include <chatrixcd/base/http_server.hpp>
#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/homeserver/server.hpp>
#include <chatrixcd/homeserver/testing/faults.hpp>
#include <support/run_coroutine.hpp>

namespace chatrixcd::test {

namespace asio = boost::asio;
namespace http = base::http;
namespace testing = homeserver::testing;
using http::method;
using testing::fault;
using namespace std::chrono_literals;

namespace {

constexpr char const* login_body =
    R"({"type":"m.login.password","identifier":{"type":"m.id.user","user":"bot"},"password":"a good password"})";

// On the machine's clock: a homeserver behind a port of loopback.
struct served {
    served() {
        homeserver::server_options how(*time, *entropy);
        how.server_name = "test";
        how.make_runner = base::make_inline_store_runner;
        how.password_cost = 1;
        hs = run_coroutine(loop, homeserver::server::open(loop.get_executor(), std::move(how))).value();
        bot = run_coroutine(loop, hs->register_user("bot", base::secret("a good password"))).value().access_token.reveal();
        eve = run_coroutine(loop, hs->register_user("eve", base::secret("a good password"))).value().access_token.reveal();
        broken = std::make_unique<testing::faults>(loop.get_executor(), *time, *hs);
        port = http::listen(loop.get_executor(), {}, *broken).value();
    }
    ~served() {
        run_coroutine(loop, port->stop(0ms));
        run_coroutine(loop, hs->stop());
    }
    // The status, or the error's kind.
    std::string ask(method verb, std::string const& path, std::string const& token, std::string body = {},
                    std::chrono::milliseconds limit = 10s) {
        auto r = http::request(verb, "http://127.0.0.1:" + std::to_string(port->port()) + path).with_timeout(limit);
        if (!token.empty()) std::move(r).with_bearer(token);
        if (!body.empty()) std::move(r).with_body(std::move(body));
        auto const said = run_coroutine(loop, client->send(std::move(r)));
        return said ? std::to_string(said->status) : std::string(base::to_string(said.error().kind()));
    }

    asio::io_context loop{1};
    std::unique_ptr<base::clock> time = base::make_system_clock();
    std::unique_ptr<base::random> entropy = base::make_seeded_random(3);
    std::unique_ptr<homeserver::server> hs;
    std::unique_ptr<testing::faults> broken;
    std::unique_ptr<http::server> port;
    std::unique_ptr<http::transport> client = http::make_client(loop.get_executor());
    std::string bot;
    std::string eve;
};

constexpr char const* whoami = "/_matrix/client/v3/account/whoami";
constexpr char const* join = "/_matrix/client/v3/join/%21nowhere%3Atest";

}  // namespace

TEST_SUITE("homeserver_testing::served") {
    TEST_CASE_FIXTURE(served, "a rule for a user is about his tokens and his logins, and about nobody else's") {
        auto const rule = broken->on_everything().for_user("@bot:test").does(fault::server_error(503));
        CHECK(ask(method::get, whoami, eve) == "200");
        CHECK(ask(method::get, whoami, bot) == "503");
        CHECK(ask(method::get, whoami, "nonsense") == "401");
        CHECK(ask(method::post, "/_matrix/client/v3/login", {}, login_body) == "503");
        CHECK(ask(method::get, "/_matrix/client/versions", {}) == "200");
        CHECK(broken->story().find("GET /_matrix/client/v3/account/whoami (@bot:test): ") != std::string::npos);
        rule.end();
        CHECK(ask(method::post, "/_matrix/client/v3/login", {}, login_body) == "200");
    }

    TEST_CASE_FIXTURE(served, "over a port, resets, truncation, slowness and silence are what a client sees of them") {
        struct row {
            fault what;
            char const* seen;
        };
        row const rows[] = {
            {fault::none(), "404"},
            {fault::drop_before(), "timeout_unknown"},
            {fault::drop_after(), "timeout_unknown"},
            {fault::reset(), "timeout_unknown"},
            {fault::truncated(3), "timeout_unknown"},
            {fault::drip(1, 10ms), "timeout_unknown"},
            {fault::drip(400, 1ms), "404"},
            {fault::silent_before(), "timeout_unknown"},
            {fault::silent_after(), "timeout_unknown"},
            {fault::server_error(502), "502"},
            {fault::huge(1U << 20U), "404"},
        };
        for (auto const& row : rows) {
            INFO(row.what.description());
            broken->clear();
            broken->on(method::post, "/join/{room}").does(row.what);
            CHECK(ask(method::post, join, bot, "{}", 300ms) == row.seen);
        }
        broken->clear();
        CHECK(ask(method::get, whoami, bot) == "200");
    }
}

}  // namespace chatrixcd::test
