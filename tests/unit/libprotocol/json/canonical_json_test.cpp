// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/protocol/canonical_json.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include "golden.hpp"

namespace json = boost::json;
using namespace chatrixcd::protocol;
using namespace chatrixcd::test;

namespace {

rc::Gen<std::string> texts() {
    auto const piece =
        rc::gen::elementOf(std::vector<std::string>{"a", "B", "\"", "\\", "/", "\n", "\x01", "\x7F", "\xC3\xBC", "\xE6\x97\xA5",
                                                    "\xEF\xBF\xBF", "\xF0\x9F\x98\x80", std::string(1, '\0')});
    return rc::gen::map(rc::gen::container<std::vector<std::string>>(piece), [](std::vector<std::string> const& pieces) {
        std::string text;
        for (auto const& part : pieces) text += part;
        return text;
    });
}

rc::Gen<json::value> scalars() {
    return rc::gen::oneOf(
        rc::gen::just(json::value(nullptr)), rc::gen::map(rc::gen::arbitrary<bool>(), [](bool b) { return json::value(b); }),
        rc::gen::map(rc::gen::inRange<std::int64_t>(-max_json_integer, max_json_integer), [](std::int64_t n) { return json::value(n); }),
        rc::gen::map(texts(), [](std::string const& text) { return json::value(json::string_view(text)); }));
}

rc::Gen<json::value> values(int depth) {
    if (depth == 0) return scalars();
    auto const inner = values(depth - 1);
    auto const arrays = rc::gen::map(rc::gen::container<std::vector<json::value>>(inner), [](std::vector<json::value> const& items) {
        return json::value(json::array(items.begin(), items.end()));
    });
    auto const objects = rc::gen::map(rc::gen::container<std::vector<std::pair<std::string, json::value>>>(rc::gen::pair(texts(), inner)),
                                      [](std::vector<std::pair<std::string, json::value>> const& entries) {
                                          json::object object;
                                          for (auto const& [key, value] : entries) object[key] = value;
                                          return json::value(std::move(object));
                                      });
    return rc::gen::oneOf(scalars(), arrays, objects);
}

std::string canonical(std::string_view text) {
    auto const result = canonical_json(json::parse(text));
    return result ? *result : "refused: " + result.error().message();
}

std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

}  // namespace

TEST_SUITE("canonical JSON") {
    TEST_CASE("the examples of the specification") {
        auto const file = golden("canonical_json.json");
        for (auto const& example : file.at("cases").as_array()) {
            CAPTURE(text_of(example.at("input")));
            CHECK(canonical(text_of(example.at("input"))) == text_of(example.at("canonical")));
        }
    }

    TEST_CASE("floats are refused, also those that are whole numbers") {
        for (auto const* text : {"1.5", "1.0", "1e10", "-0.0", "[{\"a\":0.1}]"}) {
            CAPTURE(text);
            CHECK(canonical(text).starts_with("refused"));
        }
    }

    TEST_CASE("integers end at 2^53 - 1") {
        CHECK(canonical("[9007199254740991,-9007199254740991]") == "[9007199254740991,-9007199254740991]");
        for (auto const* text :
             {"9007199254740992", "-9007199254740992", "18446744073709551615", "9223372036854775808", "-9223372036854775808"}) {
            CAPTURE(text);
            CHECK(canonical(text).starts_with("refused"));
        }
        CHECK(*canonical_json(json::value(std::uint64_t{7})) == "7");
    }

    TEST_CASE("escapes are the shortest, and only where they must be") {
        CHECK(canonical(R"("\u0000\u0007\b\t\n\u000b\f\r\u001f\u007f\/\"\\\u00fc")") ==
              "\"\\u0000\\u0007\\b\\t\\n\\u000b\\f\\r\\u001f\x7F/\\\"\\\\\xC3\xBC\"");
    }

    TEST_CASE("keys are sorted by code point, not by UTF-16 unit") {
        // In UTF-16 the surrogates of U+1F600 would sort before U+FFFF.
        CHECK(canonical("{\"\xF0\x9F\x98\x80\":1,\"\xEF\xBF\xBF\":2,\"\xC3\xBC\":3,\"z\":4,\"\":5}") ==
              "{\"\":5,\"z\":4,\"\xC3\xBC\":3,\"\xEF\xBF\xBF\":2,\"\xF0\x9F\x98\x80\":1}");
    }

    TEST_CASE("text that is not UTF-8 is refused, in keys as well") {
        for (auto const* bytes : {"\xFF", "\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE6\x97", "\x80"}) {
            CHECK_FALSE(canonical_json(json::value(bytes)));
            CHECK_FALSE(canonical_json(json::object{{bytes, 1}}));
        }
    }

    TEST_CASE("nesting has a limit") {
        json::parse_options options;
        options.max_depth = 2 * max_json_depth;
        CHECK(*canonical_json(json::parse(nested(max_json_depth), {}, options)) == nested(max_json_depth));
        CHECK_FALSE(canonical_json(json::parse(nested(max_json_depth + 1), {}, options)));
    }

    TEST_CASE("any value survives, and its canonical form is its own") {
        // The size bounds each of the nested containers, not their product.
        auto const any = rc::gen::resize(8, values(3));
        CHECK(rc::check([&any] {
            auto const value = *any;
            auto const text = canonical_json(value);
            RC_ASSERT(text.has_value());
            auto const again = json::parse(*text);
            RC_ASSERT(again == value);
            RC_ASSERT(*canonical_json(again) == *text);
        }));
    }
}
