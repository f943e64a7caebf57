// SPDX-License-Identifier: Apache-2.0
// The key of an account's secret storage, as people keep it (client-server API, "Key representation"; appendices, "Cryptographic key
// representation"). Whoever has it, and can log in, can become the account's identity.
#pragma once

#include <chatrixcd/base/random.hpp>
#include <chatrixcd/matrix/ids.hpp>

namespace chatrixcd::matrix {

class recovery_key {
public:
    // 256 new bits.
    static recovery_key make(base::random& randomness);
    // From text(), whatever blanks are in it. Error `invalid`: a character that is none of Base58, one that is missing or mistyped; the
    // error does not show the key.
    static result<recovery_key> parse(secret const& text);

    // Twelve groups of four characters, with blanks between them.
    secret text() const;
    // The 32 bytes themselves.
    secret const& bytes() const noexcept { return bytes_; }

private:
    explicit recovery_key(secret bytes) : bytes_(std::move(bytes)) {}

    secret bytes_;
};

}  // namespace chatrixcd::matrix
