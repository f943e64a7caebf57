// SPDX-License-Identifier: Apache-2.0
// How long to wait before something is asked again: ever longer while nothing happens.
#pragma once

#include <algorithm>

#include <chatrixcd/base/clock.hpp>

namespace chatrixcd::chatops::runs {

class pace {
public:
    pace(base::duration first, base::duration most) : first_(first), most_(std::max(first, most)), next_(first) {}

    base::duration next() {
        auto const now = next_;
        next_ = std::min(most_, next_ + next_ / 2);
        return now;
    }
    void something_happened() noexcept { next_ = first_; }

private:
    base::duration first_;
    base::duration most_;
    base::duration next_;
};

}  // namespace chatrixcd::chatops::runs
