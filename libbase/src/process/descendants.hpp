// SPDX-License-Identifier: Apache-2.0
// What a supervisor does about the processes below it. Only async-signal-safe calls.
#pragma once

#include <sys/types.h>

namespace chatrixcd::base::supervisor {

// Sends SIGKILL to every child of this process. Their children become ours when they die, as we are a subreaper.
void kill_children() noexcept;

// Kills children until none is left, for at most five seconds: one that runs as somebody else cannot be killed. Returns the wait
// status of the child `job`. `signals` is a signalfd for SIGCHLD.
int kill_descendants(pid_t job, int signals) noexcept;

}  // namespace chatrixcd::base::supervisor
