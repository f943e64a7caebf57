// SPDX-License-Identifier: Apache-2.0
// What an answer of a CI, or its absence, says about the CI.
#pragma once

#include "runs/tracker.hpp"

namespace chatrixcd::chatops::runs {

// Says farewell in the card's thread, where there is something to say.
void put_farewell(base::transaction& in, record const& run);
// Calls the person who asked for the run: it waits for a decision.
void put_gate_call(base::transaction& in, record const& run, std::string const& prefix);

template <class T>
void tracker::note_health(std::string const& server, base::result<T> const& answer) {
    auto const now = time_.now();
    if (answer) {
        if (board_.answered(server, now)) log_.info("the CI answers again", {{"server", server}});
        return;
    }
    auto const& why = answer.error();
    bool const silent = why.kind() == base::error_kind::unavailable || why.kind() == base::error_kind::timeout_unknown ||
                        why.kind() == base::error_kind::unauthorized;
    if (silent && board_.silent(server, why.describe(), now)) {
        log_.warning("the CI does not answer", {{"server", server}, {"why", why.describe()}});
    }
}

}  // namespace chatrixcd::chatops::runs
