// SPDX-License-Identifier: Apache-2.0
#include "store/cross_signing.hpp"

#include <utility>

#include "store/sealed_columns.hpp"
#include "store/stored_json.hpp"

namespace chatrixcd::homeserver {

void put_cross_signing_key(base::transaction& db, std::string const& user, cross_signing_key const& key) {
    delete_cross_signing_key(db, user, key.usage);
    db.run("INSERT INTO cross_signing_keys (user_id, usage, public_key, body) VALUES (?1, ?2, ?3, ?4)",
           {user, key.usage, key.public_key, seal_json(db, sealed_in::cross_signing, key.body)});
}

std::optional<cross_signing_key> find_cross_signing_key(base::transaction& db, std::string const& user, std::string const& usage) {
    auto const row = db.first("SELECT public_key, body FROM cross_signing_keys WHERE user_id = ?1 AND usage = ?2", {user, usage});
    if (!row) return std::nullopt;
    return cross_signing_key{usage, row->text(0), std::move(unseal_json(db, sealed_in::cross_signing, row->bytes(1)).as_object())};
}

void delete_cross_signing_key(base::transaction& db, std::string const& user, std::string const& usage) {
    auto const old = find_cross_signing_key(db, user, usage);
    if (!old) return;
    delete_signatures_on(db, user, old->public_key);
    delete_signatures_by(db, user, "ed25519:" + old->public_key);
    db.run("DELETE FROM cross_signing_keys WHERE user_id = ?1 AND usage = ?2", {user, usage});
}

bool put_signature(base::transaction& db, std::string const& user, std::string const& target, key_signature const& made) {
    return db.run(
               "INSERT INTO key_signatures (user_id, target, signer, key_id, signature) VALUES (?1, ?2, ?3, ?4, ?5)"
               " ON CONFLICT (user_id, target, signer, key_id) DO UPDATE SET signature = excluded.signature"
               " WHERE key_signatures.signature <> excluded.signature",
               {user, target, made.signer, made.key_id, made.signature}) > 0;
}

std::vector<key_signature> signatures_on(base::transaction& db, std::string const& user, std::string const& target) {
    std::vector<key_signature> found;
    auto const rows = db.query(
        "SELECT signer, key_id, signature FROM key_signatures WHERE user_id = ?1 AND target = ?2 ORDER BY signer, key_id", {user, target});
    for (auto const& row : rows) found.push_back({row.text(0), row.text(1), row.text(2)});
    return found;
}

void delete_signatures_on(base::transaction& db, std::string const& user, std::string const& target) {
    db.run("DELETE FROM key_signatures WHERE user_id = ?1 AND target = ?2", {user, target});
}

void delete_signatures_by(base::transaction& db, std::string const& signer, std::string const& key_id) {
    db.run("DELETE FROM key_signatures WHERE signer = ?1 AND key_id = ?2", {signer, key_id});
}

}  // namespace chatrixcd::homeserver
