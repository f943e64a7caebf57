// SPDX-License-Identifier: Apache-2.0
// The only way to know the time or to wait. Production code gets a clock handed in; tests hand in a virtual_clock and let hours
// pass in a millisecond.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <memory>

namespace chatrixcd::base {

using duration = std::chrono::milliseconds;
// Wall-clock time, UTC, milliseconds: what is stored and shown.
using time_point = std::chrono::sys_time<std::chrono::milliseconds>;

class clock {
public:
    virtual ~clock() = default;
    // The wall clock; may jump.
    virtual time_point now() const = 0;
    // Monotonic time since an arbitrary start; for intervals and deadlines.
    virtual duration uptime() const = 0;
    // Waits at least `span` (nothing if <= 0) on the calling coroutine's executor; false if cancellation ended it. For whoever is
    // cancelled as a rule: an exception costs more than a request.
    virtual boost::asio::awaitable<bool> wait(duration span) = 0;
    // As wait(), but cancellation ends it with boost::system::system_error(operation_aborted).
    boost::asio::awaitable<void> sleep(duration span);
};

// The machine's clocks. Has no state; one may serve any number of executors.
std::unique_ptr<clock> make_system_clock();

}  // namespace chatrixcd::base
