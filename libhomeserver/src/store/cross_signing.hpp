// SPDX-License-Identifier: Apache-2.0
// The cross-signing keys of users, and the signatures that were uploaded on keys after those.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <vector>

#include <chatrixcd/base/store.hpp>

namespace chatrixcd::homeserver {

struct cross_signing_key {
    std::string usage;  // key_usage (keys/cross_signing_keys.hpp)
    std::string public_key;
    boost::json::object body;
};

// Takes the place of the earlier one of that usage: the signatures on it and by it are gone.
void put_cross_signing_key(base::transaction& db, std::string const& user, cross_signing_key const& key);
std::optional<cross_signing_key> find_cross_signing_key(base::transaction& db, std::string const& user, std::string const& usage);
// With the signatures on it and by it.
void delete_cross_signing_key(base::transaction& db, std::string const& user, std::string const& usage);

struct key_signature {
    std::string signer;  // a user
    std::string key_id;  // of theirs: "ed25519:…"
    std::string signature;
};

// On a user's device, or on the cross-signing key with that public key. False if it is known already.
bool put_signature(base::transaction& db, std::string const& user, std::string const& target, key_signature const& made);
std::vector<key_signature> signatures_on(base::transaction& db, std::string const& user, std::string const& target);
void delete_signatures_on(base::transaction& db, std::string const& user, std::string const& target);
void delete_signatures_by(base::transaction& db, std::string const& signer, std::string const& key_id);

}  // namespace chatrixcd::homeserver
