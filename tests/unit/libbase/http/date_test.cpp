// SPDX-License-Identifier: Apache-2.0
#include "http/date.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

namespace base = chatrixcd::base;
using base::http::parse_date;

TEST_SUITE("base::http::date") {
    TEST_CASE("a date is read in each of its three forms") {
        base::time_point const expected(std::chrono::seconds(784111777));
        CHECK(parse_date("Sun, 06 Nov 1994 08:49:37 GMT") == expected);
        CHECK(parse_date("Sunday, 06-Nov-94 08:49:37 GMT") == expected);
        CHECK(parse_date("Sun Nov  6 08:49:37 1994") == expected);
        CHECK(parse_date("Thursday, 26-Nov-26 00:00:00 GMT") == base::time_point(std::chrono::seconds(1795651200)));
    }

    TEST_CASE("what is no date is none") {
        for (std::string const text :
             {"", "soon", "120", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 31 Feb 1994 08:49:37 GMT",
              "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Now 1994 08:49:37 GMT", "Sun, 06 Nov 99999 08:49:37 GMT",
              "Sun, -6 Nov 1994 08:49:3x GMT", "Sun, 06 Nov 1994 08:49:37 GMT GMT GMT GMT GMT GMT GMT"}) {
            CAPTURE(text);
            CHECK_FALSE(parse_date(text));
        }
    }
}
