// SPDX-License-Identifier: Apache-2.0
// The watch over a process is told by Asio when to look, and Asio may tell it too early.
#include <doctest/doctest.h>
#include <poll.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/local/connect_pair.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/write.hpp>
#include <chrono>

#include "crash/child.hpp"

namespace chatrixcd::test {

namespace asio = boost::asio;
using line = asio::local::stream_protocol::socket;

TEST_SUITE("crash::child") {
    TEST_CASE("nobody waits for a process that lives, though Asio takes news of a closed connection for news of the process") {
        asio::io_context loop(1);
        line first(loop);
        line second(loop);
        line first_peer(loop);
        line second_peer(loop);
        asio::local::connect_pair(first, first_peer);
        asio::local::connect_pair(second, second_peer);
        // Both have news at once; who hears of it first closes the other, whose news are on their way: they reach whatever Asio registers
        // next in its place.
        auto const closes = [](line& other) {
            return [&other](boost::system::error_code failure) {
                if (!failure) other.close();
            };
        };
        first.async_wait(line::wait_read, closes(second));
        second.async_wait(line::wait_read, closes(first));
        asio::write(first_peer, asio::buffer("news", 4));
        asio::write(second_peer, asio::buffer("news", 4));
        while (first.is_open() && second.is_open()) loop.run_one();

        child process(loop, [](int stop) {
            pollfd wish{stop, POLLIN, 0};
            bool const asked = ::poll(&wish, 1, /*timeout=*/3000) == 1;
            return asked ? 0 : 1;
        });
        for (int turn = 0; turn < 5; ++turn) loop.run_one_for(std::chrono::milliseconds(20));
        CHECK_FALSE(process.has_ended());

        process.ask_to_stop();
        while (!process.has_ended()) loop.run_one_for(std::chrono::milliseconds(20));
        CHECK(process.status() == 0);
    }
}

}  // namespace chatrixcd::test
