// SPDX-License-Identifier: Apache-2.0
#include "crypto/verification/verified_table.hpp"

#include "crypto/devices/trusted_keys.hpp"

namespace chatrixcd::matrix::crypto {

void keep_verified(context const& with, user_id const& user, std::string const& master) {
    with.t.run(
        "INSERT INTO verified_user (account, user_id, master, at) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (account, user_id) DO UPDATE SET"
        " master = excluded.master, at = excluded.at",
        {with.account, user.str(), master, with.milliseconds()});
    with.t.run("UPDATE identity SET changed = 0 WHERE account = ?1 AND user_id = ?2 AND master = ?3", {with.account, user.str(), master});
}

bool is_verified(context const& with, user_id const& user, std::string const& master) {
    if (master.empty()) return false;
    auto const compared =
        with.t.first("SELECT 1 FROM verified_user WHERE account = ?1 AND user_id = ?2 AND master = ?3", {with.account, user.str(), master});
    return compared || is_trusted_identity(with, user, master);
}

}  // namespace chatrixcd::matrix::crypto
