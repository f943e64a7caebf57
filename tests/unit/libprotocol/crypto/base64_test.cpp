// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/protocol/base64.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>
#include <boost/json/value.hpp>

#include "golden.hpp"

using namespace chatrixcd::protocol;
using namespace chatrixcd::test;

namespace {

std::span<std::byte const> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

std::string decoded(std::string_view text, base64_alphabet alphabet = base64_alphabet::standard) {
    auto const bytes = decode_base64(text, alphabet);
    if (!bytes) return "refused";
    return std::string(reinterpret_cast<char const*>(bytes->data()), bytes->size());
}

}  // namespace

TEST_SUITE("unpadded Base64") {
    TEST_CASE("the examples of the specification, both ways") {
        auto const file = golden("base64.json");
        for (auto const& example : file.at("cases").as_array()) {
            auto const plain = text_of(example.at(0));
            auto const encoded = text_of(example.at(1));
            CHECK(encode_base64(bytes_of(plain)) == encoded);
            CHECK(decoded(encoded) == plain);
        }
    }

    TEST_CASE("padding may be there, but not anyhow") {
        CHECK(decoded("Zg==") == "f");
        CHECK(decoded("Zm8=") == "fo");
        for (auto const* text : {"Zg=", "Z===", "=", "====", "Zm9v=", "Zg=v", "Zm9vZg==Zg",
                                 "Zg=="
                                 "===="}) {
            CAPTURE(text);
            CHECK(decoded(text) == "refused");
        }
    }

    TEST_CASE("left-over bits are ignored, as in the specification's own test key") { CHECK(decoded("Zh") == "f"); }

    TEST_CASE("foreign characters and impossible lengths are refused") {
        for (auto const* text : {"Z", "Zm9vY", "Zm 9", "Zm9\n", "Zm9-", "\xC3\xBC\xC3\xBC"}) {
            CAPTURE(text);
            CHECK(decoded(text) == "refused");
        }
        CHECK(decoded("-_-_", base64_alphabet::url_safe) == decoded("+/+/"));
        CHECK(decoded("+/+/", base64_alphabet::url_safe) == "refused");
    }

    TEST_CASE("what is encoded comes back") {
        CHECK(rc::check([](std::string text, bool url_safe) {
            auto const alphabet = url_safe ? base64_alphabet::url_safe : base64_alphabet::standard;
            RC_ASSERT(decoded(encode_base64(bytes_of(text), alphabet), alphabet) == text);
        }));
    }
}
