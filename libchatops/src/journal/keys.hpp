// SPDX-License-Identifier: Apache-2.0
// The keys that make a repetition harmless. Each is a digest over the JSON form of an array of strings, so equal inputs give equal keys
// in every process, and no input can be arranged to give another's.
#pragma once

#include <cstdint>
#include <string>

#include <chatrixcd/chatops/chat/values.hpp>
#include <chatrixcd/chatops/ci/values.hpp>

namespace chatrixcd::chatops::journal {

// Names a command in the keys of its messages: 32 characters of [0-9a-f].
std::string origin_key(chat::origin const& from);

// What would run, exactly; the order of parameters does not matter. 64 characters of [0-9a-f].
std::string plan_digest(std::string const& server, ci::plan const& what);

// The key that travels with a run: "cd-" and 40 characters of [0-9a-f].
ci::run_key make_run_key(chat::origin const& from, std::int64_t ordinal, std::string const& digest);

}  // namespace chatrixcd::chatops::journal
