// SPDX-License-Identifier: Apache-2.0
// What a room is shown of a run. Pure: equal records give equal cards.
#pragma once

#include <optional>
#include <string>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/chatops/snapshot.hpp>
#include <chatrixcd/chatops/view.hpp>

#include "runs/record.hpp"

namespace chatrixcd::chatops::runs {

// What is true at the moment only, and not stored.
struct passing_news {
    bool looking = false;                            // the fate of the start is being looked for
    std::optional<base::time_point> silent_since{};  // the CI does not answer
};

card_state state_of(record const& run) noexcept;
// Whether a person should look: failed, lost, in doubt, not started.
bool went_wrong(record const& run) noexcept;
// "succeeded after 2 s"
std::string summary_of(record const& run, passing_news const& news);
// "demo / hello #3"
std::string title_of(record const& run);
// `prefix` goes before the commands that are offered; may be empty.
card card_of(record const& run, passing_news const& news, std::string const& prefix);
// What is said in the card's thread at the end; empty if there is nothing to say.
view farewell_of(record const& run);
// Calls for a decision about a run that waits for one.
view gate_call_of(record const& run, std::string const& prefix);
run_summary entry_of(record const& run, passing_news const& news);

}  // namespace chatrixcd::chatops::runs
