// SPDX-License-Identifier: Apache-2.0
#include "crypto/backup/backup_trust.hpp"

#include <algorithm>

#include <chatrixcd/protocol/signing.hpp>

#include "crypto/backup/backup_table.hpp"
#include "crypto/devices/device_table.hpp"
#include "crypto/keys/device_keys.hpp"
#include "crypto/keys/own_device.hpp"
#include "crypto/keys/own_identity.hpp"

namespace chatrixcd::matrix::crypto {

namespace json = boost::json;

namespace {

bool is_signed(json::object const& what, user_id const& me, std::string const& key_name, std::string const& key) {
    auto const by = protocol::verify_key::parse(key);
    return by && protocol::verify_json(what, me.str(), "ed25519:" + key_name, *by);
}

// The homeserver says which devices the account has, and which identity: it counts for nothing unless it is the one that we hold.
bool is_signed_by_own(context const& with, json::object const& what, user_keys const& held) {
    auto const shown = find_identity(with, with.me);
    if (!shown || shown->keys.master != held.master || shown->keys.self_signing != held.self_signing) return false;
    auto const devices = devices_of(with, with.me);
    return std::ranges::any_of(
        devices, [&](device_row const& each) { return each.is_cross_signed && is_signed(what, with.me, each.device.str(), each.ed25519); });
}

}  // namespace

backup_voucher voucher_of(context const& with, std::string const& public_key, json::object const& auth_data) {
    auto const key = load_backup_key(with);
    if (key && key->public_key() == public_key) return backup_voucher::private_key;
    own_device here(with);
    if (is_signed(auth_data, with.me, with.device.str(), here.ed25519())) return backup_voucher::signature;
    auto const identity = own_identity::load(with);
    if (!identity) return backup_voucher::nobody;
    bool const is_ours =
        is_signed(auth_data, with.me, identity->master(), identity->master()) || is_signed_by_own(with, auth_data, identity->public_keys());
    return is_ours ? backup_voucher::signature : backup_voucher::nobody;
}

json::object own_auth_data(context const& with, std::string const& public_key) {
    json::object made{{"public_key", public_key}};
    own_device here(with);
    sign_with(here.keys(), made, with.me, with.device);
    if (auto const identity = own_identity::load(with)) identity->sign_with_master(made, with.me);
    return made;
}

}  // namespace chatrixcd::matrix::crypto
