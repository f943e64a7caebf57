// SPDX-License-Identifier: Apache-2.0
// What tells a store that was put back from a copy from one that was not. Called inside store closures.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/base/store.hpp>

namespace chatrixcd::matrix::detail {

// Numbers that only grow, by name.
using marks = std::map<std::string, std::int64_t>;
// The one of this store itself.
inline constexpr char const* own_mark = "matrix.db";

// The store's name at the homeserver; `fresh` if it has none yet.
std::string name_of_store(base::transaction& t, std::int64_t account, std::string const& fresh);
marks load_marks(base::transaction& t, std::int64_t account);
// Raises a mark to the value, unless it is there already. Returns what it was before; 0: nothing.
std::int64_t raise_mark(base::transaction& t, std::int64_t account, std::string const& name, std::int64_t value);

// Whether a file beside the store (generation_file.hpp) has been written; from then on there is to be one.
bool has_generation(base::transaction& t, std::int64_t account);
void note_generation(base::transaction& t, std::int64_t account);

// All that has arrived and is not handled, and all that arrives up to the next sync response, has perhaps been handled before; what waits
// to be sent has perhaps been sent. Nothing is encrypted any more with what may have encrypted something else.
void mark_put_back(base::transaction& t, std::int64_t account, base::time_point now);

// Whether the next sync response still belongs to what perhaps has been handled before.
bool is_catching_up(base::transaction& t, std::int64_t account);

}  // namespace chatrixcd::matrix::detail
