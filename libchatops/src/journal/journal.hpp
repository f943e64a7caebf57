// SPDX-License-Identifier: Apache-2.0
// The journal: one row a command, keyed by where it came from. Plain functions on a transaction, so that a step of a command and all
// that belongs to it are committed together.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/base/store.hpp>
#include <chatrixcd/chatops/chat/values.hpp>
#include <chatrixcd/chatops/command/context.hpp>

namespace chatrixcd::chatops::journal {

// A command ends as exactly one of these.
enum class outcome : std::uint8_t { ran, refused, in_doubt };
std::string_view to_string(outcome o) noexcept;

struct entry {
    chat::origin from;
    actor who;
    std::optional<std::string> thread;
    std::string line;  // without the prefix
    std::string trace;
    base::time_point received;
    std::int64_t attempts = 1;  // how often a handler was begun, this time included
    std::string answers;        // the name of the value that it answers a question with; empty: it is no answer
};

// Adds a command in state `received`. False if the origin is there already: the delivery is a repetition.
bool insert(base::transaction& in, entry const& what);

// Whether a command is there, in whatever state.
bool is_known(base::transaction& in, chat::origin const& from);

// Counts one more begin of the handler.
void count_attempt(base::transaction& in, chat::origin const& from);

// A handler that was cut by our own orderly stop has not failed: takes back one begin of every command that is not handled.
void forgive_attempts(base::transaction& in);

// An intent is being committed with it; from here on only settle() ends the command.
void mark_sending(base::transaction& in, chat::origin const& from);

// Of what was typed, nothing behind the first "=" is kept any more.
void forget_values(base::transaction& in, chat::origin const& from);

// Ends a command that has started nothing. Nothing happens if it has an outcome or an intent: the first word stands.
void finish(base::transaction& in, chat::origin const& from, outcome how, std::string const& reason, base::time_point now);

// Ends a command by the fate of its intent. Nothing happens if it has an outcome.
void settle(base::transaction& in, chat::origin const& from, outcome how, std::string const& reason, base::time_point now);

// Commands of a service that were received and have neither an outcome nor an intent, oldest first, at most 1000: more are never under
// way.
std::vector<entry> unhandled(base::transaction& in, std::string const& service);

// Whether a command is still in state `received`: it has neither an outcome nor an intent.
bool is_unhandled(base::transaction& in, chat::origin const& from);

// The thread in which a command was said.
std::optional<std::string> thread_of(base::transaction& in, chat::origin const& from);

}  // namespace chatrixcd::chatops::journal
