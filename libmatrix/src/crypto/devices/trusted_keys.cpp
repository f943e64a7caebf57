// SPDX-License-Identifier: Apache-2.0
#include "crypto/devices/trusted_keys.hpp"

#include <algorithm>

#include <chatrixcd/protocol/signing.hpp>

#include "crypto/devices/device_lists.hpp"
#include "crypto/devices/device_table.hpp"

namespace chatrixcd::matrix::crypto {

namespace json = boost::json;

namespace {

// Whether the device says that the identity is its owner's, as well.
bool vouches(device_row const& device, json::object const* master) {
    auto const key = protocol::verify_key::parse(device.ed25519);
    return master != nullptr && key && protocol::verify_json(*master, device.user.str(), "ed25519:" + device.device.str(), *key);
}

}  // namespace

void set_trusted_keys(context const& with, std::vector<trusted_key> const& keys) {
    std::vector<std::pair<std::string, std::string>> known;
    for (auto const& row : with.t.query("SELECT user_id, key FROM trusted_key WHERE account = ?1", {with.account})) {
        known.emplace_back(row.text(0), row.text(1));
    }
    for (auto const& [user, key] : known) {
        auto const is_it = [&](trusted_key const& each) { return each.user().str() == user && each.key() == key; };
        if (std::ranges::any_of(keys, is_it)) continue;
        with.t.run("DELETE FROM trusted_key WHERE account = ?1 AND user_id = ?2 AND key = ?3", {with.account, user, key});
    }
    for (auto const& each : keys) {
        if (std::ranges::find(known, std::pair(each.user().str(), each.key())) != known.end()) continue;
        with.t.run("INSERT INTO trusted_key (account, user_id, key, master) VALUES (?1, ?2, ?3, '') ON CONFLICT DO NOTHING",
                   {with.account, each.user().str(), each.key()});
        track(with, each.user());
        mark_changed(with, each.user());
    }
}

std::vector<std::string> weigh_trusted_keys(context const& with, user_id const& user, json::object const* master, user_keys const& keys) {
    std::vector<std::string> unfit;
    auto const rows = with.t.query("SELECT key FROM trusted_key WHERE account = ?1 AND user_id = ?2", {with.account, user.str()});
    if (rows.empty()) return unfit;
    auto const devices = devices_of(with, user);
    for (auto const& row : rows) {
        auto const key = row.text(0);
        auto const is_it = [&](device_row const& each) { return each.ed25519 == key && each.is_cross_signed; };
        auto const device = std::ranges::find_if(devices, is_it);
        bool const is_device = device != devices.end();
        bool const is_identity = !keys.master.empty() && (keys.master == key || (is_device && vouches(*device, master)));
        auto const stands_for = is_identity ? keys.master : std::string();
        with.t.run("UPDATE trusted_key SET master = ?4 WHERE account = ?1 AND user_id = ?2 AND key = ?3",
                   {with.account, user.str(), key, stands_for});
        if (is_identity || is_device) continue;
        unfit.push_back(user.str() + ": " + key +
                        (keys.master.empty() ? ": they have published no identity"
                                             : ": it is neither their identity's key nor that of a device that their identity signs"));
    }
    return unfit;
}

bool is_trusted_identity(context const& with, user_id const& user, std::string const& master) {
    return !master.empty() &&
           with.t.first("SELECT 1 FROM trusted_key WHERE account = ?1 AND user_id = ?2 AND (key = ?3 OR master = ?3) LIMIT 1",
                        {with.account, user.str(), master});
}

bool is_trusted_device(context const& with, user_id const& user, std::string const& ed25519) {
    return !ed25519.empty() &&
           with.t.first("SELECT 1 FROM trusted_key WHERE account = ?1 AND user_id = ?2 AND key = ?3", {with.account, user.str(), ed25519});
}

}  // namespace chatrixcd::matrix::crypto
