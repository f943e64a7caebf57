// SPDX-License-Identifier: Apache-2.0
// Who somebody is, as far as their keys say (client-server API, "Cross-signing"), and by which keys they are known from elsewhere.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <chatrixcd/matrix/ids.hpp>

namespace chatrixcd::matrix {

// A key by which the operator knows somebody (options::trusted_keys()): the master key of their identity, or the fingerprint of one of
// their devices. A master key stands for the identity, and for every device that it signs. A device's stands for that device, as long as
// the identity signs it; and for the identity if the device has signed that as well, as the device that made it does. The identity's
// signature alone is not enough: anybody can make an identity that signs somebody's device.
class trusted_key {
public:
    // `shown` as parse_fingerprint() takes it. Error `invalid`: no key.
    static result<trusted_key> parse(user_id user, std::string_view shown);

    user_id const& user() const noexcept { return user_; }
    // Unpadded Base64.
    std::string const& key() const noexcept { return key_; }
    friend bool operator==(trusted_key const&, trusted_key const&) = default;

private:
    trusted_key(user_id user, std::string key) : user_(std::move(user)), key_(std::move(key)) {}

    user_id user_;
    std::string key_;
};

class known_device {
public:
    known_device() = default;
    device_id id;
    std::string name;  // whatever the homeserver says; may be empty
    // The device's Ed25519 key, in unpadded Base64.
    std::string fingerprint;
    bool is_cross_signed = false;  // the user's identity says that it is theirs
    bool is_trusted = false;       // and its fingerprint is a trusted key
};

class user_identity {
public:
    user_identity() = default;
    user_id user;
    // In unpadded Base64; empty: none was ever seen.
    std::string master_key;
    // It is the one that was compared, or that a trusted key stands for.
    bool is_verified = false;
    // It is not the one that was seen first.
    bool has_changed = false;
    // False: the user's homeserver did not answer, and this is what was known before.
    bool is_current = false;
    std::vector<known_device> devices;  // by id
};

}  // namespace chatrixcd::matrix
