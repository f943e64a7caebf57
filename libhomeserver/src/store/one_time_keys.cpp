// SPDX-License-Identifier: Apache-2.0
#include "store/one_time_keys.hpp"

#include <boost/json/object.hpp>

#include "keys/signatures.hpp"
#include "store/sealed_columns.hpp"
#include "store/sequences.hpp"
#include "store/stored_json.hpp"

namespace chatrixcd::homeserver {

namespace json = boost::json;

namespace {

// A client that repeats an upload may have signed the key once more.
bool is_same_key(json::value const& one, json::value const& other) {
    if (!one.is_object() || !other.is_object()) return one == other;
    return without_signatures(one.get_object()) == without_signatures(other.get_object());
}

}  // namespace

bool put_one_time_key(base::transaction& db, std::string const& user, std::string const& device, one_time_key const& key) {
    auto const known = db.first("SELECT body FROM one_time_keys WHERE user_id = ?1 AND device_id = ?2 AND algorithm = ?3 AND key_id = ?4",
                                {user, device, key.algorithm, key.id});
    if (known) return is_same_key(unseal_json(db, sealed_in::one_time_key, known->bytes(0)), key.body);
    db.run("INSERT INTO one_time_keys (id, user_id, device_id, algorithm, key_id, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
           {sequences::next(db, sequences::one_time_keys), user, device, key.algorithm, key.id,
            seal_json(db, sealed_in::one_time_key, key.body)});
    return true;
}

std::map<std::string, std::int64_t> count_one_time_keys(base::transaction& db, std::string const& user, std::string const& device) {
    std::map<std::string, std::int64_t> counts = {{"signed_curve25519", 0}};
    auto const rows =
        db.query("SELECT algorithm, COUNT(*) FROM one_time_keys WHERE user_id = ?1 AND device_id = ?2 AND claimed = 0 GROUP BY algorithm",
                 {user, device});
    for (auto const& row : rows) counts[row.text(0)] = row.integer(1);
    return counts;
}

void put_fallback_key(base::transaction& db, std::string const& user, std::string const& device, one_time_key const& key) {
    auto const known = db.first("SELECT key_id, body FROM fallback_keys WHERE user_id = ?1 AND device_id = ?2 AND algorithm = ?3",
                                {user, device, key.algorithm});
    if (known && known->text(0) == key.id && is_same_key(unseal_json(db, sealed_in::fallback_key, known->bytes(1)), key.body)) return;
    db.run(
        "INSERT INTO fallback_keys (user_id, device_id, algorithm, key_id, body, used) VALUES (?1, ?2, ?3, ?4, ?5, 0)"
        " ON CONFLICT (user_id, device_id, algorithm) DO UPDATE SET key_id = excluded.key_id, body = excluded.body, used = 0",
        {user, device, key.algorithm, key.id, seal_json(db, sealed_in::fallback_key, key.body)});
}

std::vector<std::string> unused_fallback_algorithms(base::transaction& db, std::string const& user, std::string const& device) {
    std::vector<std::string> unused;
    auto const rows = db.query("SELECT algorithm FROM fallback_keys WHERE user_id = ?1 AND device_id = ?2 AND used = 0 ORDER BY algorithm",
                               {user, device});
    for (auto const& row : rows) unused.push_back(row.text(0));
    return unused;
}

std::optional<claimed_key> claim_one_time_key(base::transaction& db, std::string const& user, std::string const& device,
                                              std::string const& algorithm) {
    auto const oldest = db.first(
        "SELECT id, key_id, body FROM one_time_keys WHERE user_id = ?1 AND device_id = ?2 AND claimed = 0 AND algorithm = ?3"
        " ORDER BY id LIMIT 1",
        {user, device, algorithm});
    if (oldest) {
        db.run("UPDATE one_time_keys SET claimed = 1 WHERE id = ?1", {oldest->integer(0)});
        return claimed_key{{algorithm, oldest->text(1), unseal_json(db, sealed_in::one_time_key, oldest->bytes(2))}, true};
    }
    auto const fallback = db.first("SELECT key_id, body FROM fallback_keys WHERE user_id = ?1 AND device_id = ?2 AND algorithm = ?3",
                                   {user, device, algorithm});
    if (!fallback) return std::nullopt;
    bool const is_first_use =
        db.run("UPDATE fallback_keys SET used = 1 WHERE user_id = ?1 AND device_id = ?2 AND algorithm = ?3 AND used = 0",
               {user, device, algorithm}) > 0;
    return claimed_key{{algorithm, fallback->text(0), unseal_json(db, sealed_in::fallback_key, fallback->bytes(1))}, is_first_use};
}

}  // namespace chatrixcd::homeserver
