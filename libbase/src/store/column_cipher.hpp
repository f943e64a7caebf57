// SPDX-License-Identifier: Apache-2.0
// AES-256-GCM (NIST SP 800-38D) for the values of one column: format byte 1, nonce, ciphertext, tag.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <chatrixcd/base/secret.hpp>
#include <chatrixcd/base/store.hpp>

namespace chatrixcd::base {

inline constexpr std::byte plain_format{0};
inline constexpr std::byte encrypted_format{1};

// Nonces that never come twice: eight random bytes for each opening of the store, and a number. Two openings of four thousand million
// have the same bytes with a chance of a half; then a key would have to be the same, too.
class nonce_counter {
public:
    static constexpr std::size_t size = 12;
    using nonce = std::array<unsigned char, size>;

    nonce_counter();
    nonce const& next();

private:
    void draw();

    nonce next_{};
    std::uint32_t used_ = 0;
};

// A lasting pair of contexts: the key is set once, a value sets the nonce alone. Not for two threads at once.
class column_cipher {
public:
    // 32 bytes. Throws store_error if the library has no AES-256-GCM.
    explicit column_cipher(secret const& key);

    blob seal(nonce_counter::nonce const& with, std::string_view content);
    // Nothing if it was not sealed so.
    std::optional<std::string> unseal(blob const& value);

private:
    struct context;
    struct free_context {
        void operator()(context* c) const noexcept;
    };
    std::unique_ptr<context, free_context> sealing_;
    std::unique_ptr<context, free_context> unsealing_;
};

}  // namespace chatrixcd::base
