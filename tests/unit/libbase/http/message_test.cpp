// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <chatrixcd/base/http.hpp>

namespace http = chatrixcd::base::http;

TEST_SUITE("base::http messages") {
    TEST_CASE("field names compare without case; set replaces all, add keeps") {
        http::fields all;
        all.add("Set-Cookie", "a");
        all.add("X", "1");
        all.add("set-cookie", "b");
        CHECK(all.get("SET-COOKIE") == "a");
        CHECK(all.all().size() == 3);
        all.set("set-COOKIE", "c");
        CHECK(all.get("Set-Cookie") == "c");
        CHECK(all.all().size() == 2);
        CHECK_FALSE(all.get("Y").has_value());
    }

    TEST_CASE("methods have the names of the specification, with case") {
        for (auto const verb : {http::method::get, http::method::head, http::method::post, http::method::put, http::method::patch,
                                http::method::delete_, http::method::options}) {
            CHECK(http::method_from(http::to_string(verb)) == verb);
        }
        CHECK_FALSE(http::method_from("get").has_value());
        CHECK_FALSE(http::method_from("CONNECT").has_value());
    }

    TEST_CASE("an incoming target falls into path and query") {
        http::request const both(http::method::get, "/a/b?c=d?e");
        CHECK(both.path() == "/a/b");
        CHECK(both.query() == "c=d?e");
        CHECK(http::request(http::method::get, "/a").query().empty());
    }
}
