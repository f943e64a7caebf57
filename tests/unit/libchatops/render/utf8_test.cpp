// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "render/utf8.hpp"

namespace text = chatrixcd::chatops::text;

TEST_SUITE("chatops::render utf8") {
    TEST_CASE("every code point survives encoding and decoding") {
        CHECK(rc::check("round trip", [] {
            auto const number = *rc::gen::inRange<std::uint32_t>(0, 0x110000);
            RC_PRE(number < 0xD800 || number > 0xDFFF);
            std::string bytes;
            text::append(bytes, number);
            auto const back = text::decode_at(bytes, 0);
            RC_ASSERT(back.valid);
            RC_ASSERT(back.point == static_cast<char32_t>(number));
            RC_ASSERT(back.length == bytes.size());
        }));
    }
    TEST_CASE("columns") {
        CHECK(text::columns_of("abc") == 3);
        CHECK(text::columns_of("é") == 1);
        CHECK(text::columns_of("e\u0301") == 1);  // e and a combining accent
        CHECK(text::columns_of("漢") == 2);
        CHECK(text::columns_of("✅") == 2);
        CHECK(text::columns_of("") == 0);
    }
    TEST_CASE("a prefix never splits a character, and always moves on") {
        CHECK(text::prefix_within("漢字", 3) == 3);
        CHECK(text::prefix_within("漢字", 1) == 3);
        CHECK(text::prefix_within("abc", 5) == 3);
        CHECK(text::prefix_within("e\u0301x", 1) == 3);
    }
}
