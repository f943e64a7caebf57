// SPDX-License-Identifier: Apache-2.0
// Times as people read them.
#pragma once

#include <string>

#include <chatrixcd/base/clock.hpp>

namespace chatrixcd::chatops::runs {

// "less than a second", "2 s", "1 min 4 s", "2 h 5 min", "3 d 2 h".
std::string duration_words(base::duration span);
// "12:03:04 UTC"
std::string time_words(base::time_point when);

}  // namespace chatrixcd::chatops::runs
