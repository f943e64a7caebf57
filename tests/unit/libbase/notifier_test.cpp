// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <string>

#include <chatrixcd/base/notifier.hpp>
#include <chatrixcd/base/task_group.hpp>
#include <support/run_coroutine.hpp>

namespace asio = boost::asio;
namespace base = chatrixcd::base;
namespace test = chatrixcd::test;

namespace {

asio::awaitable<void> note_twice(base::notifier& changed, char name, std::string& order) {
    co_await changed.wait();
    order += name;
    co_await changed.wait();
    order += name;
}

}  // namespace

TEST_SUITE("base::notifier") {
    TEST_CASE("everybody who waits is resumed in order, whoever waits again waits for the next time") {
        asio::io_context loop(1);
        base::virtual_clock time;
        base::notifier changed(loop.get_executor());
        std::string order;
        base::task_group tasks(loop.get_executor(), nullptr);
        for (char const name : {'a', 'b', 'c'}) tasks.spawn(note_twice(changed, name, order));
        changed.notify_all();  // nobody waits yet
        loop.poll();
        CHECK(order.empty());
        changed.notify_all();
        loop.poll();
        CHECK(order == "abc");
        changed.notify_all();
        test::run_virtual(loop, time, tasks.join());
        CHECK(order == "abcabc");
    }

    TEST_CASE("cancellation ends one wait and no other") {
        asio::io_context loop(1);
        base::virtual_clock time;
        base::notifier changed(loop.get_executor());
        base::task_group gone(loop.get_executor(), nullptr);
        base::task_group staying(loop.get_executor(), nullptr);
        gone.spawn(changed.wait());
        staying.spawn(changed.wait());
        loop.poll();
        gone.cancel();
        loop.poll();
        CHECK(gone.size() == 0);
        CHECK(staying.size() == 1);
        changed.notify_all();
        test::run_virtual(loop, time, staying.join());
    }

    TEST_CASE("a wait that was notified and then cancelled counts as notified") {
        asio::io_context loop(1);
        base::notifier changed(loop.get_executor());
        base::task_group tasks(loop.get_executor(), nullptr);
        bool resumed = false;
        auto body = [&]() -> asio::awaitable<void> {
            co_await changed.wait();
            resumed = true;
            co_await changed.wait();  // this one sees the cancellation
        };
        tasks.spawn(body());
        loop.poll();
        changed.notify_all();
        tasks.cancel();
        loop.poll();
        CHECK(resumed);
        CHECK(tasks.size() == 0);
    }

    TEST_CASE("a wait to the end is not cut by cancellation") {
        asio::io_context loop(1);
        base::notifier changed(loop.get_executor());
        base::task_group tasks(loop.get_executor(), nullptr);
        tasks.spawn(changed.wait_to_the_end());
        loop.poll();
        tasks.cancel();
        loop.poll();
        CHECK(tasks.size() == 1);
        changed.notify_all();
        loop.poll();
        CHECK(tasks.size() == 0);
    }
}
