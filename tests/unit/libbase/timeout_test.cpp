// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>
#include <stdexcept>

#include <chatrixcd/base/task_group.hpp>
#include <chatrixcd/base/timeout.hpp>
#include <support/run_coroutine.hpp>

namespace asio = boost::asio;
namespace base = chatrixcd::base;
namespace test = chatrixcd::test;
using namespace std::chrono_literals;

namespace {

struct fixture {
    asio::io_context loop{1};
    base::virtual_clock time;
};

// Not default constructible, as many results are not.
struct answer {
    explicit answer(std::string t) : text(std::move(t)) {}
    std::string text;
};

asio::awaitable<answer> answer_after(base::clock& time, base::duration span, bool& ended) {
    struct mark {
        bool& flag;
        ~mark() { flag = true; }
    };
    mark const at_the_end{ended};
    co_await time.sleep(span);
    co_return answer("an answer too long for the small string buffer");
}

// Takes a while to end after it was cancelled.
asio::awaitable<answer> answer_stubbornly(base::clock& time, bool& ended) {
    try {
        co_await time.sleep(1h);
    } catch (boost::system::system_error const&) {
    }
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    co_await time.sleep(10s);
    ended = true;
    throw std::runtime_error("cut");
}

}  // namespace

TEST_SUITE("base::with_timeout") {
    TEST_CASE_FIXTURE(fixture, "an operation in time gives its value, and no timer stays behind") {
        bool ended = false;
        auto const value = test::run_virtual(loop, time, base::with_timeout(time, answer_after(time, 1s, ended), 5s));
        REQUIRE(value);
        CHECK(value->text == "an answer too long for the small string buffer");
        CHECK(time.uptime() == 1s);
        CHECK_FALSE(time.advance());
    }

    TEST_CASE_FIXTURE(fixture, "an operation that is late is cancelled, and has ended when the caller goes on") {
        bool ended = false;
        auto body = [&]() -> asio::awaitable<void> {
            auto const value = co_await base::with_timeout(time, answer_after(time, 1h, ended), 5s);
            CHECK_FALSE(value.has_value());
            CHECK(ended);
            co_await time.sleep(1s);  // the caller itself is not cancelled
        };
        test::run_virtual(loop, time, body());
        CHECK(time.uptime() == 6s);
    }

    TEST_CASE_FIXTURE(fixture, "the end of a late operation is waited for, however long it takes") {
        bool ended = false;
        auto const value = test::run_virtual(loop, time, base::with_timeout(time, answer_stubbornly(time, ended), 5s));
        CHECK_FALSE(value);
        CHECK(ended);
        CHECK(time.uptime() == 15s);
    }

    TEST_CASE_FIXTURE(fixture, "no time at all still cancels and joins") {
        bool ended = false;
        CHECK_FALSE(test::run_virtual(loop, time, base::with_timeout(time, answer_after(time, 1s, ended), 0s)));
        CHECK(ended);
        CHECK(time.uptime() == 0s);
    }

    TEST_CASE_FIXTURE(fixture, "an exception of the operation passes through") {
        auto broken = [](base::clock& clock) -> asio::awaitable<int> {
            co_await clock.sleep(1s);
            throw std::runtime_error("broken");
        };
        CHECK_THROWS_WITH(test::run_virtual(loop, time, base::with_timeout(time, broken(time), 5s)), "broken");
        auto at_once = []() -> asio::awaitable<int> {
            throw std::runtime_error("at once");
            co_return 1;
        };
        CHECK_THROWS_WITH(test::run_virtual(loop, time, base::with_timeout(time, at_once(), 5s)), "at once");
    }

    TEST_CASE_FIXTURE(fixture, "cancelling the caller cancels the operation and waits for its end") {
        base::task_group outer(loop.get_executor(), nullptr);
        bool ended = false;
        bool aborted = false;
        bool seen_again = false;
        auto body = [&]() -> asio::awaitable<void> {
            try {
                co_await base::with_timeout(time, answer_stubbornly(time, ended), 5s);
            } catch (boost::system::system_error const& e) {
                aborted = e.code() == asio::error::operation_aborted;
                CHECK(ended);
            }
            try {
                co_await time.sleep(1h);
            } catch (boost::system::system_error const&) {
                seen_again = true;
            }
        };
        outer.spawn(body());
        loop.poll();
        outer.cancel();
        test::run_virtual(loop, time, outer.join());
        CHECK(aborted);
        CHECK(seen_again);
        CHECK(time.uptime() == 10s);
    }

    TEST_CASE_FIXTURE(fixture, "a cancellation that comes while a late operation ends is not lost") {
        base::task_group outer(loop.get_executor(), nullptr);
        bool ended = false;
        bool went_on = false;
        auto body = [&]() -> asio::awaitable<void> {
            auto const value = co_await base::with_timeout(time, answer_stubbornly(time, ended), 5s);
            went_on = !value.has_value();
            co_await time.sleep(1h);
        };
        outer.spawn(body());
        CHECK_FALSE(time.run_until(
            loop, [&] { return ended; }, 7s));
        outer.cancel();
        test::run_virtual(loop, time, outer.join());
        CHECK(went_on);
        CHECK(time.uptime() == 15s);
    }
}
