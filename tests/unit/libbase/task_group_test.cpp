// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>
#include <stdexcept>
#include <vector>

#include <chatrixcd/base/notifier.hpp>
#include <chatrixcd/base/task_group.hpp>
#include <support/run_coroutine.hpp>

namespace asio = boost::asio;
namespace base = chatrixcd::base;
namespace test = chatrixcd::test;
using namespace std::chrono_literals;

namespace {

struct fixture {
    asio::io_context loop{1};
    base::virtual_clock time;
    std::vector<std::exception_ptr> failures;
    base::task_group tasks{loop.get_executor(), [this](std::exception_ptr e) { failures.push_back(e); }};
};

asio::awaitable<void> fail_after(base::clock& time, base::duration span) {
    co_await time.sleep(span);
    throw std::runtime_error("broken");
}

asio::awaitable<void> count_after(base::clock& time, base::duration span, int& count) {
    co_await time.sleep(span);
    ++count;
}

}  // namespace

TEST_SUITE("base::task_group") {
    TEST_CASE_FIXTURE(fixture, "join waits for every task, those spawned meanwhile included") {
        int count = 0;
        auto parent = [&]() -> asio::awaitable<void> {
            co_await time.sleep(1s);
            tasks.spawn(count_after(time, 5s, count));
        };
        tasks.spawn(parent());
        tasks.spawn(count_after(time, 1s, count));
        test::run_virtual(loop, time, tasks.join());
        CHECK(count == 2);
        CHECK(time.uptime() == 6s);
    }

    TEST_CASE_FIXTURE(fixture, "a task that fails is reported and the others go on") {
        int count = 0;
        tasks.spawn(fail_after(time, 1s));
        tasks.spawn(count_after(time, 2s, count));
        test::run_virtual(loop, time, tasks.join());
        REQUIRE(failures.size() == 1);
        CHECK_THROWS_WITH(std::rethrow_exception(failures[0]), "broken");
        CHECK(count == 1);
    }

    TEST_CASE_FIXTURE(fixture, "a group that is cancelled before its tasks started runs none of them") {
        int count = 0;
        tasks.spawn(count_after(time, 0s, count));
        tasks.spawn(fail_after(time, 0s));
        tasks.cancel();
        tasks.spawn(count_after(time, 0s, count));
        test::run_virtual(loop, time, tasks.join());
        CHECK(count == 0);
        CHECK(failures.empty());
    }

    TEST_CASE_FIXTURE(fixture, "a task that cancels its own group without ever waiting ends like any other") {
        int count = 0;
        auto body = [&]() -> asio::awaitable<void> {
            tasks.cancel();
            ++count;
            co_return;
        };
        tasks.spawn(count_after(time, 1h, count));
        tasks.spawn(body());
        test::run_virtual(loop, time, tasks.join());
        CHECK(count == 1);
        CHECK(time.uptime() == 0s);
    }

    TEST_CASE_FIXTURE(fixture, "tasks that end while they are cancelled are no harm") {
        base::notifier changed(loop.get_executor());
        auto body = [&]() -> asio::awaitable<void> {
            try {
                co_await changed.wait();
            } catch (...) {
                changed.notify_all();
                throw;
            }
        };
        for (int i = 0; i < 20; ++i) tasks.spawn(body());
        loop.poll();
        tasks.cancel();
        tasks.cancel();
        test::run_virtual(loop, time, tasks.join());
        CHECK(failures.empty());
    }

    TEST_CASE_FIXTURE(fixture, "an abort that nobody asked for is a failure") {
        auto body = [&]() -> asio::awaitable<void> {
            co_await time.sleep(1s);
            throw boost::system::system_error(asio::error::operation_aborted);
        };
        tasks.spawn(body());
        test::run_virtual(loop, time, tasks.join());
        CHECK(failures.size() == 1);
    }

    TEST_CASE_FIXTURE(fixture, "joining is not ended by cancellation, which the joiner sees afterwards") {
        int count = 0;
        base::task_group outer(loop.get_executor(), nullptr);
        bool joined = false;
        bool seen = false;
        auto joiner = [&]() -> asio::awaitable<void> {
            co_await tasks.join();
            joined = true;
            try {
                co_await time.sleep(1h);
            } catch (boost::system::system_error const&) {
                seen = true;
            }
        };
        tasks.spawn(count_after(time, 3s, count));
        outer.spawn(joiner());
        loop.poll();
        outer.cancel();
        loop.poll();
        CHECK_FALSE(joined);
        test::run_virtual(loop, time, tasks.join());
        test::run_virtual(loop, time, outer.join());
        CHECK(joined);
        CHECK(seen);
        CHECK(count == 1);
    }

    TEST_CASE_FIXTURE(fixture, "a cancelled coroutine can join what it owns") {
        base::task_group outer(loop.get_executor(), nullptr);
        auto owner = [&]() -> asio::awaitable<void> {
            base::task_group own(loop.get_executor(), nullptr);
            own.spawn(time.sleep(1h));
            try {
                co_await time.sleep(1h);
            } catch (boost::system::system_error const&) {
                own.cancel();
            }
            co_await asio::this_coro::throw_if_cancelled(false);
            co_await own.join();
        };
        outer.spawn(owner());
        loop.poll();
        outer.cancel();
        test::run_virtual(loop, time, outer.join());
        CHECK(time.uptime() == 0s);
    }

    TEST_CASE_FIXTURE(fixture, "what a task refers to is released before join returns") {
        auto held = std::make_shared<int>(1);
        auto body = [](std::shared_ptr<int>, base::clock& clock) -> asio::awaitable<void> { co_await clock.sleep(1s); };
        tasks.spawn(body(held, time));
        auto joiner = [&]() -> asio::awaitable<void> {
            co_await tasks.join();
            CHECK(held.use_count() == 1);
        };
        test::run_virtual(loop, time, joiner());
    }
}
