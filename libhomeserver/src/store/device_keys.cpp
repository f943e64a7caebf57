// SPDX-License-Identifier: Apache-2.0
#include "store/device_keys.hpp"

#include <utility>

#include "keys/signatures.hpp"
#include "store/cross_signing.hpp"
#include "store/sealed_columns.hpp"
#include "store/stored_json.hpp"

namespace chatrixcd::homeserver {

namespace json = boost::json;

bool put_device_keys(base::transaction& db, std::string const& user, std::string const& device, json::object const& keys) {
    auto const known = find_device_keys(db, user, device);
    if (known && *known == keys) return false;
    if (known && without_signatures(*known) != without_signatures(keys)) delete_signatures_on(db, user, device);
    db.run(
        "INSERT INTO device_keys (user_id, device_id, body) VALUES (?1, ?2, ?3)"
        " ON CONFLICT (user_id, device_id) DO UPDATE SET body = excluded.body",
        {user, device, seal_json(db, sealed_in::device_keys, keys)});
    return true;
}

std::optional<json::object> find_device_keys(base::transaction& db, std::string const& user, std::string const& device) {
    auto const row = db.first("SELECT body FROM device_keys WHERE user_id = ?1 AND device_id = ?2", {user, device});
    if (!row) return std::nullopt;
    return std::move(unseal_json(db, sealed_in::device_keys, row->bytes(0)).as_object());
}

std::vector<device_keys> device_keys_of(base::transaction& db, std::string const& user) {
    std::vector<device_keys> all;
    auto const rows = db.query(
        "SELECT d.device_id, d.display_name, k.body FROM devices d JOIN device_keys k ON k.user_id = d.user_id AND k.device_id = "
        "d.device_id"
        " WHERE d.user_id = ?1 ORDER BY d.created_at, d.device_id",
        {user});
    for (auto const& row : rows)
        all.push_back({row.text(0), row.optional_text(1), std::move(unseal_json(db, sealed_in::device_keys, row.bytes(2)).as_object())});
    return all;
}

bool delete_keys_of_device(base::transaction& db, std::string const& user, std::string const& device) {
    db.run("DELETE FROM one_time_keys WHERE user_id = ?1 AND device_id = ?2", {user, device});
    db.run("DELETE FROM fallback_keys WHERE user_id = ?1 AND device_id = ?2", {user, device});
    db.run("DELETE FROM key_count_changes WHERE user_id = ?1 AND device_id = ?2", {user, device});
    delete_signatures_on(db, user, device);
    delete_signatures_by(db, user, "ed25519:" + device);
    return db.run("DELETE FROM device_keys WHERE user_id = ?1 AND device_id = ?2", {user, device}) > 0;
}

}  // namespace chatrixcd::homeserver
