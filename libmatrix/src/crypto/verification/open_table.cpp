// SPDX-License-Identifier: Apache-2.0
#include "crypto/verification/open_table.hpp"

namespace chatrixcd::matrix::crypto {

void keep_open(context const& with, open_verification const& of) {
    with.t.run("INSERT INTO open_verification (account, request, room_id, since) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
               {with.account, of.request, of.room.str(), with.milliseconds()});
}

void forget_open(context const& with, std::string const& request) {
    with.t.run("DELETE FROM open_verification WHERE account = ?1 AND request = ?2", {with.account, request});
}

std::vector<open_verification> find_open(context const& with, base::time_point since) {
    with.t.run("DELETE FROM open_verification WHERE account = ?1 AND since < ?2",
               {with.account, std::int64_t{since.time_since_epoch().count()}});
    std::vector<open_verification> all;
    for (auto const& row : with.t.query("SELECT request, room_id FROM open_verification WHERE account = ?1 LIMIT 100", {with.account})) {
        all.push_back({row.text(0), room_id(row.text(1))});
    }
    return all;
}

}  // namespace chatrixcd::matrix::crypto
