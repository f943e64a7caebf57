// SPDX-License-Identifier: Apache-2.0
#include "crypto/backup/backup_table.hpp"

#include "crypto/pickles.hpp"

namespace chatrixcd::matrix::crypto {

std::optional<backup_key> load_backup_key(context const& with) {
    auto const row = with.t.first("SELECT private_key FROM key_backup WHERE account = ?1 AND private_key IS NOT NULL", {with.account});
    if (!row) return std::nullopt;
    auto key = backup_key::parse(unsealed(with.t, sealed_in::backup_key, *row, 0));
    if (!key) throw base::store_error("the stored key of the backup is damaged");
    return key;
}

void save_backup_key(context const& with, backup_key const& key) {
    with.t.run(
        "INSERT INTO key_backup (account, private_key) VALUES (?1, ?2) ON CONFLICT (account) DO UPDATE SET private_key ="
        " excluded.private_key",
        {with.account, sealed(with.t, sealed_in::backup_key, key.text())});
}

backup_place load_backup_place(context const& with) {
    auto const row = with.t.first("SELECT version, public_key FROM key_backup WHERE account = ?1", {with.account});
    if (!row) return {};
    return {row->optional_text(0).value_or(std::string()), row->optional_text(1).value_or(std::string())};
}

void use_backup_place(context const& with, backup_place const& place) {
    if (load_backup_place(with) == place) return;
    with.t.run(
        "INSERT INTO key_backup (account, version, public_key) VALUES (?1, ?2, ?3) ON CONFLICT (account) DO UPDATE SET version ="
        " excluded.version, public_key = excluded.public_key",
        {with.account, place.version, place.public_key});
    with.t.run("UPDATE room_key SET in_backup = 0 WHERE account = ?1 AND in_backup <> 0", {with.account});
    with.t.run("UPDATE undecrypted SET looked_up = NULL WHERE account = ?1 AND looked_up IS NOT NULL", {with.account});
}

}  // namespace chatrixcd::matrix::crypto
