// SPDX-License-Identifier: Apache-2.0
// Curve25519 keys of low order: with one of them everybody knows the shared secret.
#pragma once

#include <cstddef>
#include <vector>

#include <chatrixcd/protocol/base64.hpp>

namespace chatrixcd::test {

inline std::vector<std::vector<std::byte>> weak_keys() {
    using bytes = std::vector<std::byte>;
    bytes key(32, std::byte{0});
    std::vector<bytes> weak{key};
    key[0] = std::byte{1};
    weak.push_back(key);
    key = bytes(32, std::byte{0xff});
    for (unsigned const first : {0xecU, 0xedU, 0xeeU}) {
        key[0] = static_cast<std::byte>(first);
        key[31] = std::byte{0x7f};
        weak.push_back(key);
        // The highest bit is not part of a key.
        key[31] = std::byte{0xff};
        weak.push_back(key);
    }
    weak.push_back(protocol::decode_base64("4Ot6fDtBuK4WVuP68Z/EatoJjeucMrH9hmIFFl9JuAA").value());
    weak.push_back(protocol::decode_base64("X5yVvKNQjCSx0LFVnIPvWwRETFzEWByOhtgiTt3QnxFX").value());
    return weak;
}

}  // namespace chatrixcd::test
