// SPDX-License-Identifier: Apache-2.0
// One run that is being followed, in memory.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <optional>
#include <utility>

#include <chatrixcd/base/notifier.hpp>

#include "runs/tracker.hpp"

namespace chatrixcd::chatops::runs {

struct tracker::active {
    explicit active(boost::asio::any_io_executor executor) : changed(std::move(executor)) {}

    void poke() {
        poked = true;
        changed.notify_all();
    }

    record run;
    intent start;                                           // while the start is undecided
    bool looking = false;                                   // for the fate of the start
    bool answered = false;                                  // what begin() waits for
    bool poked = false;                                     // look again now
    std::optional<ci::run> news;                            // pushed by the CI
    std::optional<base::duration> decision_in_doubt_until;  // a decision may still be on its way to the CI
    std::optional<base::duration> heard_at;                 // when the CI last spoke of it; nothing: it must be asked
    card_state published = card_state::waiting;             // as the card says
    base::duration published_at{0};
    base::notifier changed;
};

}  // namespace chatrixcd::chatops::runs
