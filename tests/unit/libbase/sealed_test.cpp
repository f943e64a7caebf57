// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <chatrixcd/base/sealed.hpp>

namespace base = chatrixcd::base;

TEST_SUITE("base::sealed") {
    TEST_CASE("a sealed column starts with its format and gives its content back, whatever the bytes") {
        std::string all;
        for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
        auto const column = base::seal(all);
        CHECK(column.size() == 257);
        CHECK(column.front() == std::byte{0});
        CHECK(*base::unseal(column) == all);
        CHECK(base::unseal(base::seal(""))->empty());
    }

    TEST_CASE("a format of a later version, or none, is refused") {
        auto column = base::seal("x");
        column.front() = std::byte{1};
        CHECK(base::unseal(column).error().kind() == base::error_kind::environment);
        CHECK(base::unseal({}).error().kind() == base::error_kind::environment);
    }
}
