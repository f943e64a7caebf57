// SPDX-License-Identifier: Apache-2.0
#include "run/slots.hpp"

namespace chatrixcd::executor {

void slots::grant() {
    while (!waiting_.empty() && taken_ < most_) {
        auto* const next = waiting_.front();
        waiting_.pop_front();
        ++taken_;
        next->has_come_ = true;
        next->changed_.notify_all();
    }
}

turn::turn(slots& from, base::notifier& changed) : from_(from), changed_(changed) {
    from_.waiting_.push_back(this);
    from_.grant();
}

turn::~turn() {
    if (has_come_) {
        --from_.taken_;
        from_.grant();
    } else {
        from_.waiting_.remove(this);
    }
}

}  // namespace chatrixcd::executor
