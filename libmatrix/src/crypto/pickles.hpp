// SPDX-License-Identifier: Apache-2.0
// Pickles in sealed columns.
#pragma once

#include <chatrixcd/base/secret.hpp>
#include <chatrixcd/base/store.hpp>

#include "crypto/sealed_columns.hpp"

namespace chatrixcd::matrix::crypto {

inline base::blob sealed(base::transaction& t, base::sealed_column const& in, base::secret const& pickle) {
    return t.seal(in, pickle.reveal());
}

inline base::secret unsealed(base::transaction& t, base::sealed_column const& in, base::row const& row, std::size_t column) {
    auto text = t.unseal(in, row.bytes(column));
    if (!text) throw base::store_error(text.error().describe());
    return base::secret(std::move(*text));
}

// What was kept here cannot be read: the store is broken.
template <class T>
T loaded(base::result<T> from) {
    if (!from) throw base::store_error(from.error().describe());
    return std::move(*from);
}

}  // namespace chatrixcd::matrix::crypto
