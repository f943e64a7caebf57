// SPDX-License-Identifier: Apache-2.0
#include "crypto/devices/device_table.hpp"

namespace chatrixcd::matrix::crypto {

namespace {

constexpr char const* columns = "SELECT user_id, device_id, curve25519, ed25519, knows_megolm, cross_signed, name FROM device";

device_row row_of(base::row const& from) {
    device_row row;
    row.user = user_id(from.text(0));
    row.device = device_id(from.text(1));
    row.curve25519 = from.text(2);
    row.ed25519 = from.text(3);
    row.knows_megolm = from.integer(4) != 0;
    row.is_cross_signed = from.integer(5) != 0;
    row.name = from.text(6);
    return row;
}

std::optional<device_row> one_of(std::optional<base::row> const& found) { return found ? std::optional(row_of(*found)) : std::nullopt; }

}  // namespace

std::vector<device_row> devices_of(context const& with, user_id const& user) {
    std::vector<device_row> rows;
    auto const found = with.t.query(std::string(columns) + " WHERE account = ?1 AND user_id = ?2 ORDER BY device_id LIMIT 10000",
                                    {with.account, user.str()});
    rows.reserve(found.size());
    for (auto const& each : found) rows.push_back(row_of(each));
    return rows;
}

std::optional<device_row> find_device(context const& with, user_id const& user, device_id const& device) {
    return one_of(with.t.first(std::string(columns) + " WHERE account = ?1 AND user_id = ?2 AND device_id = ?3",
                               {with.account, user.str(), device.str()}));
}

std::optional<device_row> find_device_by_key(context const& with, user_id const& user, std::string const& curve25519) {
    return one_of(with.t.first(std::string(columns) + " WHERE account = ?1 AND user_id = ?2 AND curve25519 = ?3",
                               {with.account, user.str(), curve25519}));
}

void save_device(context const& with, device_row const& row) {
    with.t.run(
        "INSERT INTO device (account, user_id, device_id, curve25519, ed25519, knows_megolm, cross_signed, name)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (account, user_id, device_id) DO UPDATE SET"
        " knows_megolm = excluded.knows_megolm, cross_signed = excluded.cross_signed, name = excluded.name",
        {with.account, row.user.str(), row.device.str(), row.curve25519, row.ed25519, std::int64_t{row.knows_megolm},
         std::int64_t{row.is_cross_signed}, row.name});
}

void remove_device(context const& with, user_id const& user, device_id const& device) {
    with.t.run("DELETE FROM device WHERE account = ?1 AND user_id = ?2 AND device_id = ?3", {with.account, user.str(), device.str()});
}

bool note_told_no_olm(context const& with, device_row const& device) {
    return with.t
        .first("UPDATE device SET told_no_olm = 1 WHERE account = ?1 AND user_id = ?2 AND device_id = ?3 AND told_no_olm = 0 RETURNING 1",
               {with.account, device.user.str(), device.device.str()})
        .has_value();
}

void forget_told_no_olm(context const& with, std::string const& curve25519) {
    with.t.run("UPDATE device SET told_no_olm = 0 WHERE account = ?1 AND curve25519 = ?2 AND told_no_olm = 1", {with.account, curve25519});
}

std::optional<identity_row> find_identity(context const& with, user_id const& user) {
    auto const found = with.t.first("SELECT master, self_signing, user_signing, changed FROM identity WHERE account = ?1 AND user_id = ?2",
                                    {with.account, user.str()});
    if (!found) return std::nullopt;
    identity_row row;
    row.keys = user_keys{found->text(0), found->text(1), found->text(2)};
    row.changed = found->integer(3) != 0;
    return row;
}

void save_identity(context const& with, user_id const& user, identity_row const& row) {
    with.t.run(
        "INSERT INTO identity (account, user_id, master, self_signing, user_signing, changed) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
        " ON CONFLICT (account, user_id) DO UPDATE SET master = excluded.master, self_signing = excluded.self_signing,"
        " user_signing = excluded.user_signing, changed = excluded.changed",
        {with.account, user.str(), row.keys.master, row.keys.self_signing, row.keys.user_signing, std::int64_t{row.changed}});
}

}  // namespace chatrixcd::matrix::crypto
