// SPDX-License-Identifier: Apache-2.0
// The key under which a store keeps its sealed columns, and where it comes from. Whoever has the store and not the key learns neither
// secrets nor messages; whoever loses the key has lost the store.
#pragma once

#include <cstddef>
#include <string>
#include <variant>

#include <chatrixcd/base/error.hpp>
#include <chatrixcd/base/secret.hpp>

namespace chatrixcd::base {

class store_key {
public:
    static constexpr std::size_t size = 32;  // bytes, AES-256

    // 64 hexadecimal digits, with white space around them or not, as `openssl rand -hex 32` prints them. Error `invalid`; a passphrase is
    // no key, for nothing here would make guessing it slow.
    static result<store_key> parse(secret const& text);
    // From a file that holds such a text. Errors (environment): not there, not readable, readable by others than its owner, no key.
    static result<store_key> from_file(std::string const& path);
    // Makes the file, with a new key of the system's randomness and mode 0600, and syncs it and its folder: whatever is sealed under the
    // key later, a power failure does not leave it without. A file that is there is taken as from_file() does. Errors: environment.
    static result<store_key> of_new_file(std::string const& path);

    // The bytes themselves: `size` of them.
    secret const& bytes() const noexcept { return bytes_; }

private:
    explicit store_key(secret bytes) : bytes_(std::move(bytes)) {}
    secret bytes_;
};

// A file that holds the key, or shall: it is made when a store is opened that is not sealed yet, and never otherwise.
struct store_key_file {
    std::string path;
};

// None (sealed columns are kept in the clear), the key, or its file.
using store_key_source = std::variant<std::monostate, store_key, store_key_file>;

}  // namespace chatrixcd::base
