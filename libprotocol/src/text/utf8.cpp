// SPDX-License-Identifier: Apache-2.0
#include "text/utf8.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace chatrixcd::protocol {

bool is_utf8(std::string_view text) noexcept {
    for (std::size_t at = 0; at < text.size();) {
        // Eight bytes of ASCII at once: most texts have nothing else.
        if (std::uint64_t eight = 0; text.size() - at >= sizeof(eight)) {
            std::memcpy(&eight, text.data() + at, sizeof(eight));
            if ((eight & 0x8080808080808080U) == 0) {
                at += sizeof(eight);
                continue;
            }
        }
        auto const lead = static_cast<std::uint8_t>(text[at++]);
        if (lead < 0x80) continue;
        if (lead < 0xC2 || lead > 0xF4) return false;
        std::size_t const rest = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
        if (text.size() - at < rest) return false;
        // The first continuation byte has a narrower range after the leads that could start an overlong form, a surrogate or a
        // code point beyond U+10FFFF.
        std::uint8_t const lowest = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
        std::uint8_t const highest = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
        auto const first = static_cast<std::uint8_t>(text[at]);
        if (first < lowest || first > highest) return false;
        for (std::size_t i = 1; i < rest; ++i) {
            if ((static_cast<std::uint8_t>(text[at + i]) & 0xC0U) != 0x80U) return false;
        }
        at += rest;
    }
    return true;
}

}  // namespace chatrixcd::protocol
