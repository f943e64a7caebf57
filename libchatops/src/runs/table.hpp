// SPDX-License-Identifier: Apache-2.0
// Runs and their intents in chatops.db: plain functions on a transaction.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <chatrixcd/base/store.hpp>

#include "runs/record.hpp"

namespace chatrixcd::chatops::runs {

// Adds both and returns the run's number. Throws base::constraint_violation if the origin has a run with that ordinal.
std::int64_t insert(base::transaction& in, record const& what, intent const& start);
// Writes everything of a run that can change.
void save(base::transaction& in, record const& what);

void save_attempt(base::transaction& in, std::int64_t run, std::int64_t attempt);
void save_ticket(base::transaction& in, std::int64_t run, ci::ticket const& waiting);
// Forgets the plan, and the secrets in it: the start is decided.
void drop_intent(base::transaction& in, std::int64_t run);

std::optional<record> load(base::transaction& in, std::int64_t run);
std::optional<intent> load_intent(base::transaction& in, std::int64_t run);
// Open runs with a number above `after`, in order, at most `limit`.
std::vector<record> open_runs(base::transaction& in, std::int64_t after, std::int64_t limit);
// The newest runs, newest first.
std::vector<record> newest_runs(base::transaction& in, std::int64_t limit);
// The newest run that was asked for in a room of a chat.
std::optional<std::int64_t> last_of_room(base::transaction& in, std::string const& service, std::string const& room);

// The newest two runs, newest first, that a CI gave this number, as their id or behind the last "/" of it; of a room of a chat, or, if that
// is empty, of any.
std::vector<record> runs_called(base::transaction& in, std::string const& id, std::string const& service, std::string const& room);

}  // namespace chatrixcd::chatops::runs
