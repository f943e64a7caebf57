// SPDX-License-Identifier: Apache-2.0
// The key of a backup of room keys, and what is encrypted with it (client-server API, "Server-side key backups",
// m.megolm_backup.v1.curve25519-aes-sha2). Whoever knows the public part can add to a backup: what is read in one was written by anybody,
// and may have been changed, for what its algorithm calls a MAC covers nothing. On OpenSSL; throws error_exception(environment) if that
// does not work.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>

#include <chatrixcd/base/random.hpp>
#include <chatrixcd/base/secret.hpp>

#include "crypto/primitives/x25519.hpp"

namespace chatrixcd::matrix::crypto {

inline constexpr char const* backup_algorithm = "m.megolm_backup.v1.curve25519-aes-sha2";

// The content of `session_data`: `plain` under a new ephemeral key. Nothing: that is no public key, or one of low order.
std::optional<boost::json::object> seal_for_backup(base::random& randomness, std::string_view public_key, std::string_view plain);

class backup_key {
public:
    static backup_key make(base::random& randomness) { return backup_key(x25519_key::make(randomness)); }
    // From text(), as secret storage has it, with or without padding. Nothing: it is no such key.
    static std::optional<backup_key> parse(base::secret const& text);

    // Unpadded Base64, both.
    base::secret text() const;
    std::string const& public_key() const noexcept { return key_.public_key(); }

    // Nothing: it is malformed, longer than an event, or was encrypted to another key.
    std::optional<base::secret> open(boost::json::object const& session_data) const;

private:
    explicit backup_key(x25519_key key) : key_(std::move(key)) {}

    x25519_key key_;
};

}  // namespace chatrixcd::matrix::crypto
