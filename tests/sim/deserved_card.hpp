// SPDX-License-Identifier: Apache-2.0
// What both simulations count by.
#pragma once

#include <chatrixcd/chatops/ci/values.hpp>
#include <chatrixcd/chatops/view.hpp>

namespace chatrixcd::test {

// The card that a run of the CI deserves.
inline chatops::card_state deserved(chatops::ci::run const& run) {
    if (run.at != chatops::ci::phase::finished) return chatops::card_state::running;
    if (run.how == chatops::ci::outcome::success) return chatops::card_state::success;
    if (run.how == chatops::ci::outcome::canceled) return chatops::card_state::canceled;
    return chatops::card_state::failure;
}

}  // namespace chatrixcd::test
