// SPDX-License-Identifier: Apache-2.0
// How far an event can be believed to be from whom it says.
#pragma once

#include <cstdint>
#include <string>

#include <chatrixcd/matrix/ids.hpp>

namespace chatrixcd::matrix {

// Who vouches that the key with which an event was encrypted is its sender's.
enum class key_source : std::uint8_t {
    direct,     // the sending device gave it to this one
    forwarded,  // another device of ours had it
    backup      // it lay at the homeserver or in a file, where it could have been made up: nothing is said of the device then
};

// Of an event in clear only `encrypted` says something: the homeserver vouches, and nobody else.
struct trust {
    bool encrypted = false;
    // Empty: nobody has shown that the key belongs to one of the sender's devices.
    device_id device;
    // The device's Ed25519 key, in unpadded Base64.
    std::string fingerprint;
    // The sender's own identity says that the device is theirs. Without it a homeserver could have added the device.
    bool cross_signed = false;
    // We know the sender: their identity was compared, or a trusted key stands for it or for the very device (options::trusted_keys()).
    bool user_verified = false;
    // The sender's identity is not the one that was seen first.
    bool identity_changed = false;
    key_source source = key_source::direct;
    // The homeserver may have held it back: its sender has said something since.
    bool late = false;

    friend bool operator==(trust const&, trust const&) = default;
};

}  // namespace chatrixcd::matrix
