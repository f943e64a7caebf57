// SPDX-License-Identifier: Apache-2.0
// The columns of executor.db that hold values and what jobs said. Their names are part of their keys and stay.
#pragma once

#include <vector>

#include <chatrixcd/base/sealed_column.hpp>

namespace chatrixcd::executor {

namespace sealed_in {
inline constexpr base::sealed_column parameters("runs", "parameters");
inline constexpr base::sealed_column output("chunks", "content");
}  // namespace sealed_in

// Both: for base::store_options.
std::vector<base::sealed_column> sealed_columns();

}  // namespace chatrixcd::executor
