// SPDX-License-Identifier: Apache-2.0
#include "http/places.hpp"

#include <doctest/doctest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>

#include <chatrixcd/base/notifier.hpp>

namespace asio = boost::asio;
namespace base = chatrixcd::base;
using chatrixcd::semaphore::detail::places;

namespace {

struct work {
    explicit work(asio::any_io_executor executor) : go_on(std::move(executor)) {}
    base::notifier go_on;
    int inside = 0;
    int most = 0;
    int done = 0;
};

void nothing(std::exception_ptr) {}

asio::awaitable<void> one(places& all, work& w) {
    auto const place = co_await all.take();
    w.most = std::max(w.most, ++w.inside);
    co_await w.go_on.wait();
    --w.inside;
    ++w.done;
}

}  // namespace

TEST_SUITE("semaphore::places") {
    TEST_CASE("no more are inside than there are places, and everybody comes in") {
        asio::io_context loop;
        places all(3);
        work w(loop.get_executor());
        for (int i = 0; i < 10; ++i) asio::co_spawn(loop, one(all, w), nothing);
        while (w.done < 10) {
            loop.restart();
            loop.poll();
            w.go_on.notify_all();
        }
        CHECK(w.most == 3);
    }

    TEST_CASE("who stops waiting takes no place") {
        asio::io_context loop;
        places all(1);
        work w(loop.get_executor());
        asio::co_spawn(loop, one(all, w), nothing);
        asio::cancellation_signal stop;
        bool cut = false;
        asio::co_spawn(loop, one(all, w), asio::bind_cancellation_slot(stop.slot(), [&](std::exception_ptr e) { cut = e != nullptr; }));
        loop.poll();
        stop.emit(asio::cancellation_type::terminal);
        loop.poll();
        CHECK(cut);
        w.go_on.notify_all();
        asio::co_spawn(loop, one(all, w), nothing);
        loop.restart();
        loop.poll();
        CHECK(w.inside == 1);
        w.go_on.notify_all();
        loop.restart();
        loop.poll();
        CHECK(w.done == 2);
    }
}
