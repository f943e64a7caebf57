// SPDX-License-Identifier: Apache-2.0
// Time for tests and simulations: it stands still until nothing can run any more, then jumps to the next sleeper. A run is a pure
// function of its inputs and its seed, and hours of back-off take a millisecond.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>

#include <chatrixcd/base/clock.hpp>

namespace chatrixcd::base {

class virtual_clock final : public clock {
public:
    // Starts at 2026-01-01T00:00:00Z unless told otherwise.
    explicit virtual_clock(time_point start = time_point(std::chrono::seconds(1767225600)));
    ~virtual_clock() override;

    time_point now() const override;
    duration uptime() const override;
    boost::asio::awaitable<bool> wait(duration span) override;

    // Moves the wall clock alone (skew), not the monotonic one.
    void skew(duration by);
    // Jumps to the earliest sleeper and wakes it; false if nobody sleeps.
    bool advance();
    // Runs what is ready, then advances, until `done` returns true. False if nothing is left to run or `limit` of virtual time has
    // passed first.
    bool run_until(boost::asio::io_context& loop, std::function<bool()> const& done, duration limit = std::chrono::hours(24));

private:
    struct state;
    std::shared_ptr<state> state_;
};

}  // namespace chatrixcd::base
