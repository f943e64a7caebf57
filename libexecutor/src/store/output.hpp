// SPDX-License-Identifier: Apache-2.0
// The output of runs in executor.db: what happens inside the store's closures.
#pragma once

#include <cstddef>
#include <cstdint>

#include <chatrixcd/base/store.hpp>

#include "output/excerpt.hpp"

namespace chatrixcd::executor {

// How many bytes of output one row holds, about.
constexpr std::size_t chunk_size = 64 * 1024;

// Adds lines to the only step of the run. Again with the same lines: nothing new, so that a doubtful commit may be repeated.
void append_output(base::transaction& in, run_id id, line_block const& lines);
output_lines read_output(base::transaction& in, run_id id, std::uint64_t first, std::size_t max_lines);
// How many lines there were, kept or not.
std::uint64_t output_size(base::transaction& in, run_id id);

// Puts one line in the place of what finished runs have printed that are older than the newest `keep`. At most 100 runs a call.
void forget_output(base::transaction& in, std::size_t keep);

}  // namespace chatrixcd::executor
