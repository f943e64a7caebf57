// SPDX-License-Identifier: Apache-2.0
#include "runs/words.hpp"

#include <fmt/format.h>

#include <chrono>

namespace chatrixcd::chatops::runs {

std::string duration_words(base::duration span) {
    auto const seconds = std::chrono::duration_cast<std::chrono::seconds>(span).count();
    if (seconds < 1) return "less than a second";
    if (seconds < 60) return fmt::format("{} s", seconds);
    if (seconds < 3600) return fmt::format("{} min {} s", seconds / 60, seconds % 60);
    if (seconds < 86400) return fmt::format("{} h {} min", seconds / 3600, seconds % 3600 / 60);
    return fmt::format("{} d {} h", seconds / 86400, seconds % 86400 / 3600);
}

std::string time_words(base::time_point when) {
    std::chrono::hh_mm_ss const clock(std::chrono::floor<std::chrono::seconds>(when) - std::chrono::floor<std::chrono::days>(when));
    return fmt::format("{:02}:{:02}:{:02} UTC", clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

}  // namespace chatrixcd::chatops::runs
