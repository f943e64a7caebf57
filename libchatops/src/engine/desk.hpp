// SPDX-License-Identifier: Apache-2.0
// Handles one command from its line to its answer: parse, policy, handler, three tries. Journals nothing but the tries.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/base/log.hpp>
#include <chatrixcd/base/random.hpp>
#include <chatrixcd/chatops/command/command_set.hpp>
#include <chatrixcd/chatops/engine.hpp>
#include <chatrixcd/chatops/policy.hpp>

#include "engine/call_context.hpp"
#include "engine/database.hpp"
#include "journal/journal.hpp"

namespace chatrixcd::chatops {

// How a command ends that has started nothing. What has started something ends by the fate of its start.
class answer {
public:
    answer() = default;
    journal::outcome how = journal::outcome::ran;
    std::string reason;                 // of a refusal, for the journal
    view shown;                         // may be empty: nothing to say
    bool silent = false;                // not answered in a room
    base::error why;                    // of a refusal
    std::optional<open_question> asks;  // what is shown is a question
    bool keeps_values = true;           // in the journal, of the command
};

class desk {
public:
    // All must outlive it.
    desk(engine_parts const& parts, base::logger log, database& store, command_set const& commands);

    // What can be said without running anything: a refusal, or nothing. Pure.
    std::optional<answer> refusal_of(journal::entry const& asked) const;
    // Runs it. Cancellation and store failures pass through, and count as no try.
    boost::asio::awaitable<answer> handle(journal::entry asked, surroundings where);
    // For a command that could not be handled whatever was tried, with an error id that the log has, too. `begun`: a start was sent, whose
    // own fate is the command's outcome.
    answer gave_up(journal::entry const& asked, std::string const& why, bool begun = false) const;

private:
    std::string_view prefix_for(journal::entry const& asked) const;

    base::clock& time_;
    base::random& entropy_;
    base::logger log_;
    database& store_;
    command_set const& commands_;
    std::shared_ptr<policy const> rules_;
    std::string prefix_;
};

}  // namespace chatrixcd::chatops
