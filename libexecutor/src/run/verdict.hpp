// SPDX-License-Identifier: Apache-2.0
// What a run's end is called, and why.
#pragma once

#include <string>

#include <chatrixcd/base/process.hpp>

#include "run/active_run.hpp"

namespace chatrixcd::executor {

struct verdict {
    run_state state = run_state::success;
    std::string detail;
};

// Of a process that has ended; `why` is what it was told to end for, if it was.
verdict judge(base::process_exit const& exit, ending why, base::duration timeout);
// Of a run that was told to end before it had a process.
verdict judge_unstarted(ending why);

}  // namespace chatrixcd::executor
