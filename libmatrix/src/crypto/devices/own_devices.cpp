// SPDX-License-Identifier: Apache-2.0
#include "crypto/devices/own_devices.hpp"

#include "crypto/keys/own_identity.hpp"
#include "crypto/verification/verified_table.hpp"

namespace chatrixcd::matrix::crypto {

namespace {

bool is_own_identity(context const& with) {
    auto const shown = find_identity(with, with.me);
    if (!shown || shown->keys.master.empty()) return false;
    auto const held = own_identity::load(with);
    return held ? held->master() == shown->keys.master : is_verified(with, with.me, shown->keys.master);
}

bool is_signed_sibling(context const& with, device_row const& device) {
    return device.user == with.me && device.device != with.device && device.is_cross_signed;
}

}  // namespace

bool is_own_and_verified(context const& with, device_row const& device) { return is_signed_sibling(with, device) && is_own_identity(with); }

std::vector<device_row> verified_own_devices(context const& with) {
    if (!is_own_identity(with)) return {};
    auto devices = devices_of(with, with.me);
    std::erase_if(devices, [&](device_row const& each) { return !is_signed_sibling(with, each); });
    return devices;
}

}  // namespace chatrixcd::matrix::crypto
