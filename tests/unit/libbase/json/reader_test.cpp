// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <chatrixcd/base/json_reader.hpp>

namespace base = chatrixcd::base;
namespace json = boost::json;

TEST_SUITE("base::json_reader") {
    TEST_CASE("given fields are read, absent and null optional ones leave what was there") {
        auto const object = json::parse(R"({"s":"text","i":-5,"b":true,"n":null,"whole":2e3,"unknown":{}})").as_object();
        std::string s;
        std::string kept = "kept";
        std::int64_t i = 0;
        std::int64_t whole = 0;
        bool b = false;
        std::optional<std::string> n;
        std::optional<std::int64_t> some;
        base::json_reader reader(object, "thing");
        reader.required("s", s).required("i", i).required("b", b).required("whole", whole);
        reader.optional("absent", kept).optional("n", kept).optional("n", n).optional("i", some);
        CHECK(reader.ok());
        CHECK(reader.finish().has_value());
        CHECK(s == "text");
        CHECK(i == -5);
        CHECK(whole == 2000);
        CHECK(b);
        CHECK(kept == "kept");
        CHECK_FALSE(n);
        CHECK(some == -5);
    }

    TEST_CASE("the first problem is told with its path") {
        auto const object =
            json::parse(R"({"next_batch":null,"limit":"7","big":18446744073709551615,"part":1.5,"endless":1e999})").as_object();
        auto const told = [&](auto read) {
            base::json_reader reader(object, "sync response");
            read(reader);
            auto const finished = reader.finish();
            REQUIRE(finished.has_error());
            CHECK(finished.error().kind() == base::error_kind::protocol);
            return finished.error().message();
        };
        std::string s;
        std::int64_t i = 0;
        bool b = false;
        CHECK(told([&](auto& r) { r.required("next_batch", s).required("limit", i); }) == "sync response: next_batch is missing");
        CHECK(told([&](auto& r) { r.optional("limit", i); }) == "sync response: limit is not an integer");
        CHECK(told([&](auto& r) { r.optional("big", i); }) == "sync response: big is not an integer");
        CHECK(told([&](auto& r) { r.required("endless", i); }) == "sync response: endless is not an integer");
        CHECK(told([&](auto& r) { r.required("part", i); }) == "sync response: part is not an integer");
        CHECK(told([&](auto& r) { r.optional("limit", b); }) == "sync response: limit is not true or false");
        CHECK(told([&](auto& r) { r.optional("part", s); }) == "sync response: part is not a string");
    }

    TEST_CASE("documents that are broken, too deep or not text are refused, never thrown") {
        auto const nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
        CHECK(base::parse_json(nested(64)).has_value());
        CHECK(base::parse_json(nested(65)).has_error());
        CHECK(base::parse_json(nested(3), 2).has_error());
        for (auto const* broken : {"", "{", "{}x", "{\"a\":\"\xff\"}", "nul", "{\"a\":NaN}", "// c\n{}"}) {
            auto const refused = base::parse_json(broken);
            REQUIRE_MESSAGE(refused.has_error(), std::string(broken));
            CHECK(refused.error().kind() == base::error_kind::protocol);
        }
        CHECK(base::parse_json_object("[]").error().message() == "not a JSON object");
        CHECK(base::parse_json_object(R"({"a":1,"a":2})")->at("a").as_int64() == 2);
    }

    TEST_CASE("walking through foreign JSON stops where a step is missing or of another type") {
        auto const value = json::parse(R"({"a":{"b":{"c":1}},"l":[1],"s":"x","i":7})");
        auto const& object = value.as_object();
        REQUIRE(base::find_path(value, {"a", "b", "c"}) != nullptr);
        CHECK(base::find_path(value, {"a", "b", "c"})->as_int64() == 1);
        CHECK(base::find_path(value, {"a", "x", "c"}) == nullptr);
        CHECK(base::find_path(value, {"l", "b"}) == nullptr);
        CHECK(base::find_object(object, "l") == nullptr);
        CHECK(base::find_array(object, "l") != nullptr);
        CHECK(base::find_string(object, "s") == "x");
        CHECK_FALSE(base::find_string(object, "i"));
        CHECK(base::find_integer(object, "i") == 7);
        CHECK_FALSE(base::find_integer(object, "s"));
    }
}
