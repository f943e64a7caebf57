// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <fmt/format.h>
#include <algorithm>
#include <array>
#include <concepts>
#include <cstdlib>
#include <memory>
#include <ostream>

#include <chatrixcd/base/files.hpp>
#include <chatrixcd/base/log.hpp>
#include <chatrixcd/base/secret.hpp>
#include <support/results.hpp>

namespace base = chatrixcd::base;
using base::secret;

namespace {

template <class T>
concept streamable = requires(std::ostream& out, T const& value) { out << value; };

static_assert(streamable<std::string> && !streamable<secret>);
static_assert(!fmt::is_formattable<secret>::value);
static_assert(!std::equality_comparable<secret>);
static_assert(!std::convertible_to<secret, std::string> && !std::convertible_to<std::string, secret>);
static_assert(!std::constructible_from<base::log_field, char const*, secret>);

}  // namespace

TEST_SUITE("base::secret") {
    TEST_CASE("wiping overwrites the memory, up to what the string once held") {
        std::string text(100, 'x');
        char const* const memory = text.data();
        text.resize(3);
        base::wipe(text);
        CHECK(text.empty());
        CHECK(std::all_of(memory, memory + 100, [](char c) { return c == '\0'; }));
    }

    TEST_CASE("a short secret, which lives inside the object, is gone with it and after a move") {
        alignas(secret) std::array<unsigned char, sizeof(secret)> place{};
        auto const holds_it = [&place] {
            std::string_view const seen(reinterpret_cast<char const*>(place.data()), place.size());
            return seen.find("unter2") != std::string_view::npos;  // a string that was moved from loses its first character anyway
        };
        auto* kept = std::construct_at(reinterpret_cast<secret*>(place.data()), std::string("hunter2"));
        REQUIRE(holds_it());
        secret moved(std::move(*kept));
        CHECK_FALSE(holds_it());
        *kept = moved;
        REQUIRE(holds_it());
        std::destroy_at(kept);
        CHECK_FALSE(holds_it());
        CHECK(moved.reveal() == "hunter2");
    }

    TEST_CASE("an environment variable that is missing or empty is refused by name") {
        ::setenv("CHATRIXCD_TEST_SECRET", "s3cret", 1);
        CHECK(secret::from_environment("CHATRIXCD_TEST_SECRET")->reveal() == "s3cret");
        ::setenv("CHATRIXCD_TEST_SECRET", "", 1);
        CHECK(secret::from_environment("CHATRIXCD_TEST_SECRET").error().kind() == base::error_kind::invalid);
        ::unsetenv("CHATRIXCD_TEST_SECRET");
        CHECK_THROWS_AS(secret::from_env("CHATRIXCD_TEST_SECRET"), base::error_exception);
    }

    TEST_CASE("a file's last line end is not part of the secret, the rest is") {
        base::temporary_folder const folder("chatrixcd-secret-");
        auto const path = folder.path() + "/token";
        REQUIRE(base::write_file(path, " two\nlines \r\n"));
        CHECK(secret::from_file(path)->reveal() == " two\nlines ");
        REQUIRE(base::write_file(path, std::string((64U << 10U) + 1, 'x')));
        CHECK(secret::from_file(path).error().kind() == base::error_kind::too_large);
        CHECK(secret::from_file(folder.path() + "/none").error().kind() == base::error_kind::environment);
    }

    TEST_CASE("comparing in constant time still compares") {
        CHECK(base::equal_constant_time("abc", "abc"));
        CHECK(base::equal_constant_time("", ""));
        CHECK_FALSE(base::equal_constant_time("abc", "abd"));
        CHECK_FALSE(base::equal_constant_time("abc", "ab"));
    }
}
