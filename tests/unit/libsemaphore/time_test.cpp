// SPDX-License-Identifier: Apache-2.0
#include "values/time.hpp"

#include <doctest/doctest.h>

namespace base = chatrixcd::base;
using chatrixcd::semaphore::detail::parse_time;

namespace {

std::optional<std::int64_t> milliseconds(std::string_view text) {
    auto const time = parse_time(text);
    return time ? std::optional<std::int64_t>(time->time_since_epoch().count()) : std::nullopt;
}

}  // namespace

TEST_SUITE("semaphore::time") {
    TEST_CASE("times of any zone and precision are read") {
        CHECK(milliseconds("1970-01-01T00:00:00Z") == 0);
        CHECK(milliseconds("2024-10-25T00:05:20Z") == 1729814720000);
        CHECK(milliseconds("2024-10-25T00:05:20.123456789Z") == 1729814720123);
        CHECK(milliseconds("2024-10-25T02:05:20.5+02:00") == 1729814720500);
        CHECK(milliseconds("2024-10-24T19:35:20-04:30") == 1729814720000);
    }

    TEST_CASE("Go's zero time is none, and so is what is no time") {
        for (auto const* text :
             {"0001-01-01T00:00:00Z", "", "2024-10-25", "2024-10-25T00:05:20", "2024-13-25T00:05:20Z", "2024-02-30T00:05:20Z",
              "2024-10-25T24:05:20Z", "2024-10-25T00:05:20.Z", "2024-10-25T00:05:20Zx", "-024-10-25T00:05:20Z", "soon"}) {
            CAPTURE(text);
            CHECK_FALSE(parse_time(text));
        }
    }
}
