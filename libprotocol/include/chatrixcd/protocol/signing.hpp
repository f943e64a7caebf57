// SPDX-License-Identifier: Apache-2.0
// Ed25519 keys and signed JSON (appendices, "Signing JSON").
#pragma once

#include <array>
#include <boost/json/fwd.hpp>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include <chatrixcd/base/error.hpp>
#include <chatrixcd/base/random.hpp>
#include <chatrixcd/base/secret.hpp>

namespace chatrixcd::protocol {

using signature_bytes = std::array<std::byte, 64>;

// A public key. Immutable; copies share it.
class verify_key {
public:
    // From 32 bytes in unpadded Base64. Error `invalid` for anything else.
    static base::result<verify_key> parse(std::string_view base64);

    std::string const& base64() const noexcept { return base64_; }
    // signature: 64 bytes in unpadded Base64; anything else is no valid signature.
    bool verify(std::string_view message, std::string_view signature) const;

    friend bool operator==(verify_key const& a, verify_key const& b) noexcept { return a.base64_ == b.base64_; }

private:
    struct impl;
    std::shared_ptr<impl const> impl_;
    std::string base64_;
};

// A private key with its identifier. Immutable; copies share it.
class signing_key {
public:
    // version: the part of the key id behind "ed25519:", of [a-zA-Z0-9_].
    static signing_key generate(base::random& randomness, std::string version);
    // From the 32 bytes of seed() in unpadded Base64. Error `invalid`: no such bytes, or a version outside its alphabet.
    static base::result<signing_key> from_seed(base::secret const& seed, std::string version);

    // "ed25519:version"
    std::string const& key_id() const noexcept { return key_id_; }
    verify_key const& public_key() const noexcept { return public_key_; }
    // For keeping the key: unpadded Base64.
    base::secret const& seed() const noexcept { return seed_; }
    signature_bytes sign(std::string_view message) const;

private:
    struct impl;
    signing_key(std::string key_id, base::secret seed, std::shared_ptr<impl const> key, verify_key public_key);

    std::shared_ptr<impl const> impl_;
    std::string key_id_;
    base::secret seed_;
    verify_key public_key_;
};

// Adds object.signatures[entity][key id]; keeps the signatures that are there. The members `signatures` and `unsigned` are not covered.
// entity: a server name, or a user id for cross-signing. Error `invalid` if the object is no canonical JSON or its `signatures` is
// malformed; the object is unchanged then.
base::result<void> sign_json(boost::json::object& object, std::string_view entity, signing_key const& key);

// Whether the object carries a valid signature of this entity with this key. Errors: not_found (no such signature), invalid (the object
// is no canonical JSON), forbidden (the signature is wrong).
base::result<void> verify_json(boost::json::object const& object, std::string_view entity, std::string_view key_id, verify_key const& key);

}  // namespace chatrixcd::protocol
