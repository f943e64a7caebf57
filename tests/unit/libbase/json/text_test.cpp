// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <cmath>

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/base/json_text.hpp>

namespace {

std::string written(boost::json::value const& value) {
    std::string text;
    chatrixcd::base::append_json(text, value);
    return text;
}

}  // namespace

TEST_SUITE("base::json_text") {
    TEST_CASE("what was parsed is written as it came: members in their order, numbers of their kind") {
        for (auto const* text :
             {"null", "true", "false", "[]", "{}", "[[],{}]", R"({"b":1,"a":[-9223372036854775808,18446744073709551615]})", R"("")",
              R"({"":"\"\\/"})", R"(["ä€😀",{"k":[1,2,{"deep":null}]}])"}) {
            CHECK(written(chatrixcd::base::parse_json(text).value()) == text);
        }
        auto const whole = chatrixcd::base::parse_json(written(chatrixcd::base::parse_json("[1.0,0.1,-2.5e300]").value())).value();
        CHECK(whole == boost::json::array{1.0, 0.1, -2.5e300});
    }

    TEST_CASE("each character that JSON wants escaped is, and no other") {
        std::string every;
        for (int c = 0; c < 128; ++c) every += static_cast<char>(c);
        auto const text = written(boost::json::value(every));
        CHECK(text == boost::json::serialize(boost::json::value(every)));
        CHECK(chatrixcd::base::parse_json(text).value() == boost::json::value(every));
    }

    TEST_CASE("what is no number becomes null, and words stay") {
        auto const value = boost::json::array{INFINITY, -INFINITY, std::nan(""), "NaN", "Infinity", 7};
        CHECK(written(value) == R"([null,null,null,"NaN","Infinity",7])");
    }
}
