// SPDX-License-Identifier: Apache-2.0
#include "store/column_seals.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <span>
#include <utility>

namespace chatrixcd::base {

namespace {

// HKDF-Expand (RFC 5869, section 2.3) for one block of SHA-256. The store's key is evenly random, so that nothing has to be extracted.
secret derived(store_key const& key, std::string const& salt, std::string const& label) {
    auto const info = "chatrixcd store" + salt + label + '\x01';
    std::string bytes(store_key::size, '\0');
    unsigned length = 0;
    auto const& with = key.bytes().reveal();
    auto const* const made =
        HMAC(EVP_sha256(), with.data(), static_cast<int>(with.size()), reinterpret_cast<unsigned char const*>(info.data()), info.size(),
             reinterpret_cast<unsigned char*>(bytes.data()), &length);
    if (made == nullptr || length != store_key::size) throw store_error("HMAC-SHA-256 does not work");
    return secret(std::move(bytes));
}

blob plain(std::string_view content) {
    blob value;
    value.reserve(content.size() + 1);
    value.push_back(plain_format);
    auto const bytes = std::as_bytes(std::span(content));
    value.insert(value.end(), bytes.begin(), bytes.end());
    return value;
}

std::string content_of(blob const& plain_value) {
    auto const* const start = reinterpret_cast<char const*>(plain_value.data());
    return std::string(start + 1, plain_value.size() - 1);
}

error damaged(sealed_column const& column, std::string const& how) {
    return error(error_kind::environment, "a value of " + column.label() + " " + how);
}

}  // namespace

column_seals::column_seals(std::vector<sealed_column> const& columns) {
    entries_.reserve(columns.size());
    for (auto const& column : columns) entries_.push_back(entry{column, std::nullopt});
}

column_seals::column_seals(std::vector<sealed_column> const& columns, store_key key, std::string salt) : column_seals(columns) {
    locked_.emplace(locked{std::move(key), std::move(salt), nonce_counter()});
}

column_seals::entry& column_seals::of(sealed_column const& column) {
    if (last_ < entries_.size() && entries_[last_].column == column) return entries_[last_];
    auto const found = std::find_if(entries_.begin(), entries_.end(), [&](entry const& one) { return one.column == column; });
    if (found == entries_.end()) throw std::logic_error("the store was opened without the sealed column " + column.label());
    last_ = static_cast<std::size_t>(found - entries_.begin());
    return *found;
}

column_cipher& column_seals::cipher_of(entry& one) {
    if (!one.cipher) one.cipher.emplace(derived(locked_->key, locked_->salt, one.column.label()));
    return *one.cipher;
}

blob column_seals::seal(sealed_column const& column, std::string_view content) {
    auto& one = of(column);
    if (!locked_) return plain(content);
    return cipher_of(one).seal(locked_->nonces.next(), content);
}

result<std::string> column_seals::unseal(sealed_column const& column, blob const& value) {
    auto& one = of(column);
    if (value.empty()) return damaged(column, "is empty");
    auto const format = value.front();
    if (format != plain_format && format != encrypted_format) {
        auto const number = std::to_string(std::to_integer<int>(format));
        return damaged(column, "has format " + number + ", which this program does not know")
            .with_hint("Was the database written by a newer version?");
    }
    if (!locked_ && format == plain_format) return content_of(value);
    if (!locked_) return damaged(column, "is encrypted, and the store has no key");
    if (format == plain_format) return damaged(column, "is not encrypted, though the store is: somebody has put it there");
    auto content = cipher_of(one).unseal(value);
    if (!content) return damaged(column, "was changed, or belongs to another column or store");
    return std::move(*content);
}

}  // namespace chatrixcd::base
