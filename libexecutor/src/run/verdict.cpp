// SPDX-License-Identifier: Apache-2.0
#include "run/verdict.hpp"

namespace chatrixcd::executor {

namespace {

std::string words(base::process_exit const& exit) {
    if (exit.signal != 0) return "killed by signal " + std::to_string(exit.signal);
    return "exit status " + std::to_string(exit.status);
}

std::string words(base::duration span) {
    auto const ms = span.count();
    return ms % 1000 == 0 ? std::to_string(ms / 1000) + " s" : std::to_string(ms) + " ms";
}

}  // namespace

verdict judge(base::process_exit const& exit, ending why, base::duration timeout) {
    switch (why) {
        case ending::canceled:
            return {run_state::canceled, words(exit)};
        case ending::timed_out:
            return {run_state::timed_out, "not finished after " + words(timeout) + ", " + words(exit)};
        case ending::stopped:
            return {run_state::canceled, "the server stopped, " + words(exit)};
        case ending::none:
            break;
    }
    if (exit.signal == 0 && exit.status == 0) return {run_state::success, ""};
    return {run_state::failure, words(exit)};
}

verdict judge_unstarted(ending why) {
    if (why == ending::stopped) return {run_state::canceled, "the server stopped before it was started"};
    return {run_state::canceled, "before it was started"};
}

}  // namespace chatrixcd::executor
