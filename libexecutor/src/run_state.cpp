// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <chatrixcd/executor/run.hpp>

namespace chatrixcd::executor {

namespace {

constexpr std::array<std::string_view, 10> words = {"queued",  "starting", "running",  "canceling", "success",
                                                    "failure", "error",    "canceled", "timed_out", "lost"};

}  // namespace

bool is_finished(run_state state) noexcept { return state >= run_state::success; }

std::string_view to_string(run_state state) noexcept { return words[static_cast<std::size_t>(state)]; }

std::optional<run_state> run_state_from(std::string_view word) noexcept {
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (words[i] == word) return static_cast<run_state>(i);
    }
    return std::nullopt;
}

}  // namespace chatrixcd::executor
