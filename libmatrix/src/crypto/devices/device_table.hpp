// SPDX-License-Identifier: Apache-2.0
// Devices of others and of ourselves, and who stands behind them, as the homeserver told and their signatures proved. Called inside store
// closures.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "crypto/context.hpp"
#include "crypto/keys/cross_signing_keys.hpp"

namespace chatrixcd::matrix::crypto {

struct device_row {
    user_id user;
    device_id device;
    std::string curve25519;
    std::string ed25519;
    bool knows_megolm = false;
    bool is_cross_signed = false;
    std::string name;
};

std::vector<device_row> devices_of(context const& with, user_id const& user);
std::optional<device_row> find_device(context const& with, user_id const& user, device_id const& device);
std::optional<device_row> find_device_by_key(context const& with, user_id const& user, std::string const& curve25519);
void save_device(context const& with, device_row const& row);
void remove_device(context const& with, user_id const& user, device_id const& device);
// The device is told that there is no session with it and none can be begun ("m.no_olm"). False: it was told before, and no session was
// begun since; it is not told again (client-server API, "m.room_key.withheld").
bool note_told_no_olm(context const& with, device_row const& device);
// A session was begun with who has this key.
void forget_told_no_olm(context const& with, std::string const& curve25519);

struct identity_row {
    user_keys keys;
    bool changed = false;  // the master key is not the one that was seen first
};
std::optional<identity_row> find_identity(context const& with, user_id const& user);
void save_identity(context const& with, user_id const& user, identity_row const& row);

}  // namespace chatrixcd::matrix::crypto
