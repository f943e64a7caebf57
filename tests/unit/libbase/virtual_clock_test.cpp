// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <boost/asio/post.hpp>
#include <string>

#include <chatrixcd/base/task_group.hpp>
#include <chatrixcd/base/virtual_clock.hpp>
#include <support/run_coroutine.hpp>

namespace asio = boost::asio;
namespace base = chatrixcd::base;
namespace test = chatrixcd::test;
using namespace std::chrono_literals;

namespace {

asio::awaitable<void> note_after(base::clock& time, base::duration span, char name, std::string& order) {
    co_await time.sleep(span);
    order += name;
}

asio::awaitable<void> note_end(base::clock& time, base::duration span, std::string& said) {
    bool const is_over = co_await time.wait(span);
    said += is_over ? "over " : "cancelled ";
}

}  // namespace

TEST_SUITE("base::virtual_clock") {
    TEST_CASE("sleepers wake by deadline, and of equal ones in the order of their sleep() calls") {
        asio::io_context loop(1);
        base::virtual_clock time;
        std::string order;
        auto const start = time.now();
        base::task_group tasks(loop.get_executor(), nullptr);
        tasks.spawn(note_after(time, 3h, 'd', order));
        tasks.spawn(note_after(time, 1h, 'b', order));
        tasks.spawn(note_after(time, 1h, 'c', order));
        tasks.spawn(note_after(time, 0h, 'a', order));
        test::run_virtual(loop, time, tasks.join());
        CHECK(order == "abcd");
        CHECK(time.now() - start == 3h);
        CHECK(time.uptime() == 3h);
    }

    TEST_CASE("the wall clock may be skewed; sleepers go by the monotonic one") {
        asio::io_context loop(1);
        base::virtual_clock time;
        auto const start = time.now();
        time.skew(-30min);
        test::run_virtual(loop, time, time.sleep(1h));
        CHECK(time.now() - start == 30min);
        CHECK(time.uptime() == 1h);
    }

    TEST_CASE("a cancelled sleeper ends at once and leaves time alone") {
        asio::io_context loop(1);
        base::virtual_clock time;
        base::task_group tasks(loop.get_executor(), nullptr);
        tasks.spawn(time.sleep(1h));
        loop.poll();
        tasks.cancel();
        test::run_virtual(loop, time, tasks.join());
        CHECK(time.uptime() == 0h);
        CHECK_FALSE(time.advance());
    }

    TEST_CASE("a wait says whether its time is over or it was cancelled, on both clocks, and throws for neither") {
        asio::io_context loop(1);
        base::virtual_clock time;
        auto const machine = base::make_system_clock();
        for (base::clock* const clock : {static_cast<base::clock*>(&time), machine.get()}) {
            std::string said;
            std::exception_ptr failure;
            base::task_group tasks(loop.get_executor(), [&](std::exception_ptr e) { failure = e; });
            tasks.spawn(note_end(*clock, 0h, said));
            tasks.spawn(note_end(*clock, -1h, said));
            tasks.spawn(note_end(*clock, 1h, said));
            loop.restart();
            loop.poll();
            CHECK(said == "over over ");
            tasks.cancel();
            test::run_virtual(loop, time, tasks.join());
            CHECK(said == "over over cancelled ");
            CHECK_FALSE(failure);
        }
    }

    TEST_CASE("a run ends when nothing is left to run, or at its limit") {
        asio::io_context loop(1);
        base::virtual_clock time;
        CHECK_FALSE(time.run_until(loop, [] { return false; }));
        std::string order;
        base::task_group tasks(loop.get_executor(), nullptr);
        tasks.spawn(note_after(time, 2h, 'a', order));
        CHECK_FALSE(time.run_until(
            loop, [] { return false; }, 1h));
        CHECK(order.empty());
        CHECK(time.run_until(
            loop, [&] { return !order.empty(); }, 3h));
        CHECK(tasks.size() == 0);
    }

    TEST_CASE("a loop destroyed with sleepers after their clock is no harm") {
        asio::io_context loop(1);
        auto time = std::make_unique<base::virtual_clock>();
        asio::co_spawn(loop, time->sleep(1h), [](std::exception_ptr) {});
        loop.poll();
        time.reset();
    }

    TEST_CASE("sleeping for ever is possible on both clocks") {
        asio::io_context loop(1);
        base::virtual_clock time;
        auto const machine = base::make_system_clock();
        base::task_group tasks(loop.get_executor(), nullptr);
        tasks.spawn(time.sleep(base::duration::max()));
        tasks.spawn(machine->sleep(base::duration::max()));
        loop.poll();
        CHECK(tasks.size() == 2);
        tasks.cancel();
        test::run_virtual(loop, time, tasks.join());
    }
}
