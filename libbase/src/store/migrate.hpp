// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include <chatrixcd/base/store.hpp>

#include "store/database.hpp"

namespace chatrixcd::base {

// Called with a step's number, from 1, in its transaction and before it. An error ends the migration, and nothing of the step is kept.
using before_step = std::function<result<void>(std::int64_t number)>;

// Brings the schema up to date, each step in a transaction of its own. Errors (environment): the file is newer than this program, belongs
// to another one, or a step failed, of which then nothing is kept; those of `before`.
result<void> migrate(database& db, std::vector<migration> const& steps, before_step const& before);

}  // namespace chatrixcd::base
