// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <boost/system/system_error.hpp>
#include <future>
#include <stdexcept>
#include <thread>
#include <vector>

#include <chatrixcd/base/task_group.hpp>
#include <chatrixcd/base/worker_pool.hpp>
#include <support/run_coroutine.hpp>

namespace asio = boost::asio;
namespace base = chatrixcd::base;
namespace test = chatrixcd::test;
using namespace std::chrono_literals;

TEST_SUITE("base::worker_pool") {
    TEST_CASE("work runs elsewhere and its value comes back to the loop's thread") {
        asio::io_context loop(1);
        auto const pool = base::make_worker_pool(2);
        auto const here = std::this_thread::get_id();
        auto body = [&]() -> asio::awaitable<std::string> {
            auto work = [here] { return std::this_thread::get_id() == here ? std::string("here") : std::string(100, 'x'); };
            auto value = co_await base::offload(*pool, std::move(work));
            CHECK(std::this_thread::get_id() == here);
            co_return value;
        };
        CHECK(test::run_coroutine(loop, body()) == std::string(100, 'x'));
    }

    TEST_CASE("an exception of the work reaches the caller") {
        asio::io_context loop(1);
        auto const pool = base::make_worker_pool(1);
        auto body = [&]() -> asio::awaitable<void> {
            auto work = [] { throw std::runtime_error("broken"); };
            co_await base::offload(*pool, std::move(work));
        };
        CHECK_THROWS_WITH(test::run_coroutine(loop, body()), "broken");
    }

    TEST_CASE("a caller that is cancelled while its work runs takes the result, then sees the cancellation") {
        asio::io_context loop(1);
        auto const pool = base::make_worker_pool(1);
        auto const time = base::make_system_clock();
        base::task_group tasks(loop.get_executor(), nullptr);
        std::promise<void> started;
        std::promise<void> go_on;
        auto may_go_on = go_on.get_future();
        std::string value;
        bool slept = false;
        auto body = [&]() -> asio::awaitable<void> {
            // Lives in the coroutine's frame: were the frame destroyed by the cancellation, the work would write to freed memory.
            std::string buffer(1000, ' ');
            auto work = [&] {
                started.set_value();
                may_go_on.wait();
                buffer.assign(1000, 'x');
                return 7;
            };
            auto const seven = co_await base::offload(*pool, std::move(work));
            value = buffer + std::to_string(seven);
            co_await time->sleep(1h);
            slept = true;
        };
        tasks.spawn(body());
        loop.poll();
        started.get_future().wait();
        tasks.cancel();
        loop.poll();
        CHECK(tasks.size() == 1);
        go_on.set_value();
        test::run_coroutine(loop, tasks.join());
        CHECK(value == std::string(1000, 'x') + "7");
        CHECK_FALSE(slept);
    }

    TEST_CASE("the pool's destructor runs what is queued") {
        int count = 0;
        std::promise<void> go_on;
        auto may_go_on = go_on.get_future();
        {
            auto const pool = base::make_worker_pool(1);
            pool->post([&] { may_go_on.wait(); });
            for (int i = 0; i < 10; ++i) pool->post([&] { ++count; });
            go_on.set_value();
        }
        CHECK(count == 10);
    }

    TEST_CASE("inline workers resume the caller through its executor, in the order of the calls") {
        asio::io_context loop(1);
        base::virtual_clock time;
        auto const pool = base::make_inline_workers();
        std::string order;
        base::task_group tasks(loop.get_executor(), nullptr);
        auto body = [&](char name) -> asio::awaitable<void> {
            auto work = [&order, name] { order += name; };
            co_await base::offload(*pool, std::move(work));
            order += static_cast<char>(name - 'a' + 'A');
        };
        tasks.spawn(body('a'));
        tasks.spawn(body('b'));
        test::run_virtual(loop, time, tasks.join());
        CHECK(order == "abAB");
    }
}
