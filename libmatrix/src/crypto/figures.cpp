// SPDX-License-Identifier: Apache-2.0
#include "crypto/figures.hpp"

#include <string>

#include "crypto/verification/verified_table.hpp"

namespace chatrixcd::matrix::crypto {

encryption_figures count_all(context const& with) {
    auto const count = [&](std::string const& what) {
        auto const row = with.t.first("SELECT COUNT(" + what + " WHERE account = ?1", {with.account});
        return row ? row->integer(0) : 0;
    };
    encryption_figures figures;
    if (auto const own = with.t.first("SELECT server_count FROM own_device WHERE account = ?1", {with.account})) {
        figures.one_time_keys = own->optional_integer(0);
    }
    figures.users = count("DISTINCT user_id) FROM device");
    figures.devices = count("*) FROM device");
    figures.olm_sessions = count("*) FROM olm_session");
    figures.room_keys = count("*) FROM room_key");
    figures.unread = count("*) FROM undecrypted");
    for (auto const& row : with.t.query("SELECT user_id, master FROM identity WHERE account = ?1", {with.account})) {
        figures.verified_users += is_verified(with, user_id(row.text(0)), row.text(1)) ? 1 : 0;
    }
    return figures;
}

}  // namespace chatrixcd::matrix::crypto
