// SPDX-License-Identifier: Apache-2.0
#include "http/race.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include <chatrixcd/base/timeout.hpp>
#include <chatrixcd/base/virtual_clock.hpp>
#include <support/run_coroutine.hpp>

namespace asio = boost::asio;
namespace base = chatrixcd::base;
namespace http = chatrixcd::base::http;
namespace test = chatrixcd::test;
using tcp = asio::ip::tcp;
using base::duration;
using namespace std::chrono_literals;

namespace {

std::string const a4 = "192.0.2.1";
std::string const b4 = "192.0.2.2";
std::string const a6 = "2001:db8::1";
std::string const b6 = "2001:db8::2";

http::endpoints places(std::vector<std::string> const& addresses) {
    http::endpoints made;
    for (auto const& text : addresses) made.emplace_back(asio::ip::make_address(text), 443);
    return made;
}

std::vector<std::string> names(http::endpoints const& all) {
    std::vector<std::string> texts;
    for (auto const& one : all) texts.push_back(one.address().to_string());
    return texts;
}

// Addresses of which each connects, refuses or stays silent after a time of its own.
struct fixture {
    struct fate {
        duration after{0};
        std::string refusal;  // empty: it connects
    };
    struct guard {
        explicit guard(int& count) : count_(count) { ++count_; }
        guard(guard const&) = delete;
        guard& operator=(guard const&) = delete;
        ~guard() { --count_; }
        int& count_;
    };

    asio::io_context loop{1};
    base::virtual_clock time;
    std::map<std::string, fate> fates;  // those that are not named are silent
    std::map<std::string, duration> begun;
    std::map<std::string, int> handles;
    int under_way = 0;
    http::tried_addresses tried;

    asio::awaitable<base::result<tcp::socket>> dial(tcp::endpoint where) {
        guard const counted(under_way);
        auto const name = where.address().to_string();
        begun[name] = time.uptime();
        auto const found = fates.find(name);
        auto const its = found == fates.end() ? fate{1h, "too late"} : found->second;
        co_await time.sleep(its.after);
        if (its.refusal == "throw") throw std::runtime_error("broken");
        if (!its.refusal.empty()) co_return base::error(base::error_kind::unavailable, its.refusal);
        tcp::socket socket(loop, tcp::v4());
        handles[name] = socket.native_handle();
        co_return std::move(socket);
    }
    asio::awaitable<base::result<tcp::socket>> race(std::vector<std::string> addresses) {
        http::dial connect = [this](tcp::endpoint where) { return dial(where); };
        return http::race(time, places(addresses), std::move(connect), tried);
    }
    // Runs it; the address that won, or the error's words.
    std::string outcome(std::vector<std::string> addresses) {
        auto won = test::run_virtual(loop, time, keep(race(std::move(addresses))));
        CHECK(under_way == 0);
        if (!won) {
            CHECK(won.error().kind() == base::error_kind::unavailable);
            return won.error().message();
        }
        for (auto const& [name, handle] : handles) {
            if (handle == *won) return name;
        }
        return "nobody";
    }
    bool is_open(std::string const& name) const { return ::fcntl(handles.at(name), F_GETFD) >= 0; }

private:
    // What run_virtual() can carry: the socket is kept, its number handed on.
    asio::awaitable<base::result<int>> keep(asio::awaitable<base::result<tcp::socket>> running) {
        auto won = co_await std::move(running);
        if (!won) co_return won.error();
        winner.emplace(std::move(*won));
        co_return static_cast<int>(winner->native_handle());
    }
    std::optional<tcp::socket> winner;
};

}  // namespace

TEST_SUITE("base::http::race") {
    TEST_CASE("the families take turns, beginning with the first address's, each address once and not too many") {
        CHECK(names(http::in_turns(places({a6, b6, a4, b4}))) == std::vector<std::string>{a6, a4, b6, b4});
        CHECK(names(http::in_turns(places({a4, b4, a6}))) == std::vector<std::string>{a4, a6, b4});
        CHECK(names(http::in_turns(places({a4, a4, b4}))) == std::vector<std::string>{a4, b4});
        CHECK(http::in_turns({}).empty());
        std::vector<std::string> many;
        for (int i = 1; i < 100; ++i) many.push_back("192.0.2." + std::to_string(i));
        CHECK(http::in_turns(places(many)).size() == 16);
    }

    TEST_CASE_FIXTURE(fixture, "an address that answers in a quarter of a second has no rival") {
        fates[a6] = {249ms, ""};
        CHECK(outcome({a6, a4}) == a6);
        CHECK(begun.size() == 1);
    }

    TEST_CASE_FIXTURE(fixture, "one that stays silent gets a rival after a quarter of a second, and loses") {
        fates[a4] = {50ms, ""};
        CHECK(outcome({a6, a4, b6}) == a4);
        CHECK(begun.at(a6) == 0ms);
        CHECK(begun.at(a4) == 250ms);
        CHECK(begun.count(b6) == 0);
        CHECK(time.uptime() == 300ms);
    }

    TEST_CASE_FIXTURE(fixture, "one that is slow still wins against later ones that are slower") {
        fates[a6] = {600ms, ""};
        fates[a4] = {900ms, ""};
        CHECK(outcome({a6, a4, b6}) == a6);
        CHECK(begun.at(b6) == 500ms);
        CHECK(time.uptime() == 600ms);
    }

    TEST_CASE_FIXTURE(fixture, "after a refusal the next one begins at once") {
        fates[a6] = {10ms, "refused"};
        fates[a4] = {10ms, "refused"};
        fates[b6] = {10ms, ""};
        CHECK(outcome({a6, a4, b6}) == b6);
        CHECK(begun.at(a4) == 10ms);
        CHECK(begun.at(b6) == 20ms);
    }

    TEST_CASE_FIXTURE(fixture, "of two that connect at the same moment one is closed") {
        fates[a6] = {500ms, ""};
        fates[a4] = {250ms, ""};
        auto const won = outcome({a6, a4});
        CHECK((won == a6 || won == a4));
        CHECK(is_open(won));
        if (handles.size() == 2) CHECK_FALSE(is_open(won == a6 ? a4 : a6));
    }

    TEST_CASE_FIXTURE(fixture, "when all have failed, the error names each with its reason") {
        fates[a6] = {10ms, "Network is unreachable"};
        fates[a4] = {400ms, "Connection refused"};
        CHECK(outcome({a6, a4}) == "[2001:db8::1]: Network is unreachable, 192.0.2.1: Connection refused");
        CHECK(time.uptime() == 410ms);
    }

    TEST_CASE_FIXTURE(fixture, "cut by a time-out it leaves nothing behind, and what was tried can be told") {
        auto const late = test::run_virtual(loop, time, base::with_timeout(time, race({a6, a4, b6}), 400ms));
        CHECK_FALSE(late.has_value());
        CHECK(under_way == 0);
        CHECK(tried.text() == "[2001:db8::1]: no answer, 192.0.2.1: no answer");
    }

    TEST_CASE_FIXTURE(fixture, "an attempt that throws ends the race with its exception") {
        fates[a6] = {10ms, "throw"};
        CHECK_THROWS_WITH_AS(outcome({a6, a4}), "broken", std::runtime_error);
        CHECK(under_way == 0);
    }

    TEST_CASE("of many addresses the first ones are told") {
        http::tried_addresses tried;
        CHECK(tried.text().empty());
        for (int i = 1; i <= 8; ++i) tried.begins(tcp::endpoint(asio::ip::make_address("192.0.2." + std::to_string(i)), 80));
        CHECK(tried.text().find("192.0.2.6: no answer, and 2 more") != std::string::npos);
    }
}
