// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <chatrixcd/base/text.hpp>

namespace chatrixcd::test {

TEST_SUITE("base::text") {
    TEST_CASE("blanks go at both ends alone") {
        using base::text::trimmed;
        CHECK(trimmed(" \t two words\r\n") == "two words");
        CHECK(trimmed("word") == "word");
        CHECK(trimmed(" \r\n\t").empty());
        CHECK(trimmed("").empty());
        CHECK(trimmed("\r\n a\t", " \t") == "\r\n a");
    }
}

}  // namespace chatrixcd::test
