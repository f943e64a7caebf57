// SPDX-License-Identifier: Apache-2.0
// Somebody's keys, as a client makes them: those of their device, and their cross-signing keys.
#pragma once

#include <chatrixcd/protocol/signing.hpp>
#include <cstdint>

#include "rig.hpp"

namespace chatrixcd::test {

class keyring {
public:
    keyring(person const& of, std::uint64_t seed);

    // What is uploaded, signed.
    json::object device_keys() const;
    json::object one_time_key(std::string const& key, bool fallback = false) const;
    json::object master_key() const { return cross_signing_key("master", master); }
    // With the master key's signature.
    json::object self_signing_key() const;
    json::object user_signing_key() const;
    json::object cross_signing_keys() const;

    // Signs with a key of this ring.
    void sign(json::object& object, protocol::signing_key const& by) const;
    // As it is named in signatures.
    std::string id_of(protocol::signing_key const& key) const;

    std::string const user;
    std::string const device_id;
    protocol::signing_key const device;
    protocol::signing_key const master;
    protocol::signing_key const self_signing;
    protocol::signing_key const user_signing;

private:
    json::object cross_signing_key(std::string_view usage, protocol::signing_key const& key) const;
};

// Its public key.
inline std::string const& public_key(protocol::signing_key const& key) { return key.public_key().base64(); }

// One signed key as /keys/signatures/upload wants it.
json::object signed_key(std::string const& user, std::string const& id, json::object const& key);

// Makes it so, and requires that it works.
void publish(person const& who, keyring const& keys);
void publish_cross_signing(person const& who, keyring const& keys);

// The whole answer to a query about one user.
json::value query(person const& reader, std::string const& user);

}  // namespace chatrixcd::test
