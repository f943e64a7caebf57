// SPDX-License-Identifier: Apache-2.0
#include "crypto/olm/wedged.hpp"

#include <utility>

#include "crypto/olm/session_table.hpp"

namespace chatrixcd::matrix::crypto {

namespace {

constexpr base::duration interval = std::chrono::hours(1);

}  // namespace

base::duration note_wedged(context const& with, user_id const& user, std::string const& their_key) {
    auto const last = last_unwedged(with, their_key);
    // A clock that was put back keeps nobody waiting.
    if (last && with.now >= *last && with.now - *last < interval) return interval - (with.now - *last);
    note_unwedged(with, their_key);
    with.t.run("INSERT INTO wedged (account, user_id, their_key) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
               {with.account, user.str(), their_key});
    return base::duration::zero();
}

std::vector<device_row> find_wedged(context const& with, std::size_t most) {
    std::vector<device_row> devices;
    for (auto const& row : with.t.query("SELECT user_id, their_key FROM wedged WHERE account = ?1 LIMIT ?2",
                                        {with.account, static_cast<std::int64_t>(most)})) {
        auto device = find_device_by_key(with, user_id(row.text(0)), row.text(1));
        if (device) {
            devices.push_back(std::move(*device));
        } else {
            forget_wedged(with, row.text(1));
        }
    }
    return devices;
}

void forget_wedged(context const& with, std::string const& their_key) {
    with.t.run("DELETE FROM wedged WHERE account = ?1 AND their_key = ?2", {with.account, their_key});
}

}  // namespace chatrixcd::matrix::crypto
