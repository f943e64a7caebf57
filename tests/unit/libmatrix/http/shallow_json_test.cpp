// SPDX-License-Identifier: Apache-2.0
#include "http/shallow_json.hpp"

#include <doctest/doctest.h>

#include <boost/json/value.hpp>

#include <chatrixcd/base/json_reader.hpp>

using chatrixcd::matrix::detail::shallow_json;

TEST_SUITE("matrix::shallow_json") {
    TEST_CASE("what is shallow enough stays as it is, to the byte") {
        for (auto const* text : {"", "7", "{}", R"({"a":[{"b":"[[[{\"]"}]})", R"("\\")", "[1, [2]]", "]}", "\"open"})
            CHECK(shallow_json(text, 3) == text);
    }

    TEST_CASE("what is too deep becomes null, and what follows it is kept") {
        CHECK(shallow_json("[1,[2,[3,{\"a\":[4]}],5],6]", 2) == "[1,[2,null,5],6]");
        CHECK(shallow_json(R"({"a":{"b":{}},"c":[[]]})", 1) == R"({"a":null,"c":null})");
        CHECK(shallow_json(R"([["]\"[",[1]],2])", 2) == R"([["]\"[",null],2])");
        CHECK(shallow_json("[]", 0) == "null");
    }

    TEST_CASE("a million levels are cut without recursion, closed or not") {
        std::string const open(1000000, '[');
        CHECK(shallow_json(open + std::string(1000000, ']'), 3) == "[[[null]]]");
        CHECK(shallow_json(open, 3) == "[[[null");
        CHECK(chatrixcd::base::parse_json(shallow_json(open + std::string(1000000, ']'), 64)).has_value());
    }
}
