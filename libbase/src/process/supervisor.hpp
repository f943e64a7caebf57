// SPDX-License-Identifier: Apache-2.0
// The process between us and a job. It is a fork of ours that runs no other program: it starts the job, carries orders to it, and
// when the job has ended, or we have, kills whatever the job has left behind and tells how it ended.
#pragma once

#include <sys/types.h>

#include <cstdint>

namespace chatrixcd::base::supervisor {

// All that the new processes need, made before the fork: after it nothing may allocate.
struct launch {
    char const* program = nullptr;  // a path
    char* const* argv = nullptr;
    char* const* environment = nullptr;
    char const* folder = nullptr;  // null: ours
    int output = -1;               // the end of a pipe that the job writes to
    int channel = -1;              // a SOCK_SEQPACKET socket to us
    pid_t parent = -1;             // us
};

// What the supervisor sends: `started` or `failed`, after `started` one of the others, then it ends.
struct report {
    enum class kind : std::uint8_t { started, failed, exited, signalled };
    // What was being done when it failed.
    enum class step : std::uint8_t { set_up, folder, program };
    kind what = kind::failed;
    step at = step::set_up;
    std::int32_t number = 0;  // the job's pid; errno; the exit status; the signal
};

// What it obeys, a message of one byte each. The end of the channel: kill all and end.
constexpr char order_terminate = 't';
constexpr char order_kill = 'k';

// Called in the child right after fork(), with all signals blocked. Calls only what is async-signal-safe.
[[noreturn]] void supervise(launch const& job) noexcept;

}  // namespace chatrixcd::base::supervisor
