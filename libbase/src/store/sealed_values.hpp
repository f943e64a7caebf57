// SPDX-License-Identifier: Apache-2.0
// What a database holds in its sealed columns, without reading any of it.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include <chatrixcd/base/store.hpp>

#include "store/database.hpp"

namespace chatrixcd::base {

// The first of the columns that holds a value of that format (store/column_cipher.hpp). One that the schema does not have yet holds none.
std::optional<sealed_column> find_value_of(database& db, std::vector<sealed_column> const& columns, std::byte format);

}  // namespace chatrixcd::base
