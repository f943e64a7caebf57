// SPDX-License-Identifier: Apache-2.0
// How an open store keeps its sealed columns. Each has a key of its own, derived from the store's key, the database's salt and the
// column's label: it need not be said with each value where it belongs, and what is moved is not read.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <chatrixcd/base/store.hpp>

#include "store/column_cipher.hpp"

namespace chatrixcd::base {

class column_seals {
public:
    // In the clear, with the format byte alone.
    explicit column_seals(std::vector<sealed_column> const& columns);
    column_seals(std::vector<sealed_column> const& columns, store_key key, std::string salt);

    // As transaction::seal() and unseal().
    blob seal(sealed_column const& column, std::string_view content);
    result<std::string> unseal(sealed_column const& column, blob const& value);

private:
    struct entry {
        sealed_column column;
        std::optional<column_cipher> cipher;  // made when it is first needed
    };
    struct locked {
        store_key key;
        std::string salt;
        nonce_counter nonces;
    };

    entry& of(sealed_column const& column);
    column_cipher& cipher_of(entry& one);

    std::vector<entry> entries_;
    std::size_t last_ = 0;  // the entry that was used last: rows of a kind come together
    std::optional<locked> locked_;
};

}  // namespace chatrixcd::base
