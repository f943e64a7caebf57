// SPDX-License-Identifier: Apache-2.0
// Unpadded Base64 (appendices, "Unpadded Base64"), in which Matrix writes keys, hashes and signatures.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <chatrixcd/base/error.hpp>

namespace chatrixcd::protocol {

enum class base64_alphabet : std::uint8_t {
    standard,  // RFC 4648 section 4: + and /
    url_safe,  // RFC 4648 section 5: - and _
};

// Without padding.
std::string encode_base64(std::span<std::byte const> bytes, base64_alphabet alphabet = base64_alphabet::standard);

// With or without padding. Bits that are left over at the end are ignored, whatever they are: keys with such bits are in use.
// Error `invalid`: a character outside the alphabet, a length that encodes nothing, wrong padding.
base::result<std::vector<std::byte>> decode_base64(std::string_view text, base64_alphabet alphabet = base64_alphabet::standard);

}  // namespace chatrixcd::protocol
