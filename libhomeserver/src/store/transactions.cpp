// SPDX-License-Identifier: Apache-2.0
#include "store/transactions.hpp"

namespace chatrixcd::homeserver {

std::optional<std::string> find_transaction(base::transaction& db, transaction_key const& key) {
    auto const row =
        db.first("SELECT event_id FROM transactions WHERE user_id = ?1 AND device_id = ?2 AND endpoint = ?3 AND transaction_id = ?4",
                 {key.user, key.device, key.endpoint, key.id});
    if (!row) return std::nullopt;
    return row->text(0);
}

void put_transaction(base::transaction& db, transaction_key const& key, std::string const& event_id) {
    db.run("INSERT INTO transactions (user_id, device_id, endpoint, transaction_id, event_id) VALUES (?1, ?2, ?3, ?4, ?5)",
           {key.user, key.device, key.endpoint, key.id, event_id});
}

}  // namespace chatrixcd::homeserver
