// SPDX-License-Identifier: Apache-2.0
#include "crypto/copied.hpp"

namespace chatrixcd::matrix::crypto {

void distrust_ratchets(base::transaction& t, std::int64_t account, base::time_point now) {
    t.run("UPDATE olm_session SET copied = 1 WHERE account = ?1", {account});
    t.run("DELETE FROM sending_key WHERE account = ?1", {account});
    t.run("DELETE FROM key_share WHERE account = ?1", {account});
    t.run(
        "INSERT INTO wedged (account, user_id, their_key) SELECT DISTINCT device.account, device.user_id, device.curve25519 FROM device"
        " JOIN olm_session ON olm_session.account = device.account AND olm_session.their_key = device.curve25519"
        " WHERE device.account = ?1 ON CONFLICT DO NOTHING",
        {account});
    t.run(
        "INSERT INTO olm_unwedged (account, their_key, at) SELECT account, their_key, ?2 FROM wedged WHERE account = ?1"
        " ON CONFLICT (account, their_key) DO UPDATE SET at = excluded.at",
        {account, std::int64_t{now.time_since_epoch().count()}});
}

}  // namespace chatrixcd::matrix::crypto
