// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/base/digest.hpp>

#include <doctest/doctest.h>

namespace base = chatrixcd::base;

TEST_CASE("the digest is SHA-256, in lower-case hexadecimal digits") {
    // FIPS 180-2, appendix B.1, and of nothing.
    CHECK(base::sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(base::sha256_hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}
