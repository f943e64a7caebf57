// SPDX-License-Identifier: Apache-2.0
// Pickles in sealed columns.
#pragma once

#include <chatrixcd/base/sealed.hpp>
#include <chatrixcd/base/secret.hpp>
#include <chatrixcd/base/store.hpp>

namespace chatrixcd::matrix::crypto {

inline base::blob sealed(base::secret const& pickle) { return base::seal(pickle.reveal()); }

inline base::secret unsealed(base::row const& row, std::size_t column) {
    auto text = base::unseal(row.bytes(column));
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
