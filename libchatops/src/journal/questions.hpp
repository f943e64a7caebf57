// SPDX-License-Identifier: Apache-2.0
// Questions that are open: a command lacks a value, and who gave it was asked for it in its thread. The answer is a command of its own, so
// it is journaled, and started at most once, like any other; it closes the question in the transaction that journals it.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/base/store.hpp>
#include <chatrixcd/chatops/command/context.hpp>

#include "journal/journal.hpp"

namespace chatrixcd::chatops::journal {

// How long an answer is waited for.
inline constexpr std::chrono::minutes answer_time(10);

struct question {
    std::int64_t number = 0;  // of the command in the journal: never used again
    chat::origin from;        // the command
    std::string thread;       // where the answer must be said
    std::string user;         // and by whom
    std::string line;         // the command so far
    std::string name;         // of the value that is asked for
    base::time_point expires;

    base::time_point asked_at() const { return expires - answer_time; }
};

// Opens one for a command that is in the journal, in the thread where it was said or else in its own. Whatever the person was asked there
// before is closed.
question open_question_of(base::transaction& in, entry const& asked, open_question const& what, base::time_point expires);

// Whether it is open still.
bool is_open(base::transaction& in, std::int64_t number);

// False if it was closed already.
bool close_question(base::transaction& in, std::int64_t number);

// All of a service that are open.
std::vector<question> open_questions_of(base::transaction& in, std::string const& service);

}  // namespace chatrixcd::chatops::journal
