// SPDX-License-Identifier: Apache-2.0
#include "hjson/reader.hpp"

#include <doctest/doctest.h>

#include <string>

namespace {

using namespace chatrixcd;
using hjson::kind;

hjson::node parse(std::string_view text) {
    auto read = hjson::read(text);
    REQUIRE_MESSAGE(read.has_value(), (read ? std::string() : read.error().describe()));
    return *read;
}

// The text of `key` in the root.
std::string text(std::string_view source, std::string_view key) {
    auto const root = parse(source);
    auto const* const value = root.find(key);
    REQUIRE(value);
    REQUIRE(value->what() == kind::text);
    return *value->as_text();
}

struct refusal {
    std::string message;
    std::string hint;
};
refusal refused(std::string_view source) {
    auto const read = hjson::read(source);
    REQUIRE_FALSE(read.has_value());
    CHECK_FALSE(read.error().hint().empty());
    return {read.error().message(), read.error().hint()};
}

// What the notations have in common, written out as JSON.
std::string json(hjson::node const& from) {
    std::string out;
    switch (from.what()) {
        case kind::null:
            return "null";
        case kind::boolean:
            return *from.as_boolean() ? "true" : "false";
        case kind::number:
            return *from.as_text();
        case kind::text:
            return '"' + *from.as_text() + '"';
        case kind::list:
            for (auto const& item : from.items()) out += (out.empty() ? "" : ",") + json(item);
            return '[' + out + ']';
        case kind::object:
            for (auto const& [key, where, value] : from.members()) out += (out.empty() ? "" : ",") + ('"' + key + "\":" + json(value));
            return '{' + out + '}';
    }
    return {};
}

}  // namespace

TEST_SUITE("hjson::reader") {
    TEST_CASE("JSON is read as JSON") {
        CHECK(json(parse(R"({"a":[1,-2.5e3,true,false,null,"x"],"b":{},"c":[]})")) ==
              R"({"a":[1,-2.5e3,true,false,null,"x"],"b":{},"c":[]})");
        CHECK(json(parse("[]")) == "[]");
        CHECK(json(parse("{\"a\"\n:\n1}")) == "{\"a\":1}");
        CHECK(text(R"({"a":"\"\\\/\b\f\n\r\t\u00e4\ud83d\ude00"})", "a") == "\"\\/\b\f\n\r\t\xc3\xa4\xf0\x9f\x98\x80");
    }

    TEST_CASE("comments, missing commas, trailing commas, missing quotes and missing braces") {
        auto const* const source = R"(
            # one
            // two
            /* three
               lines */
            name: ChatrixCD   # part of the text
            rooms: [
                "!a:b", /* here */ "!c:d",
                !e:f
                5, # five
            ]
            nested: { a: 1, b: true, }
            'it is': "quoted" // gone
        )";
        CHECK(json(parse(source)) ==
              R"({"name":"ChatrixCD   # part of the text","rooms":["!a:b","!c:d","!e:f",5],"nested":{"a":1,"b":true},"it is":"quoted"})");
        CHECK(json(parse("")) == "{}");
        CHECK(json(parse("# nothing")) == "{}");
    }

    TEST_CASE("a word is what it looks like only if nothing follows it") {
        CHECK(json(parse("a: 5\nb: 5 # c\nc: 5 apples\nd: 007\ne: -\nf: truely\ng: null // x\nh: 1.\ni: .5\nj: 1e5\nk: true, l: 3")) ==
              R"({"a":5,"b":5,"c":"5 apples","d":"007","e":"-","f":"truely","g":null,"h":"1.","i":".5","j":1e5,"k":true,"l":3})");
        CHECK(text("url: http://x/y  ", "url") == "http://x/y");
        CHECK(text("a: x, y ]", "a") == "x, y ]");
    }

    TEST_CASE("a text of several lines loses its indentation and its outer line breaks") {
        CHECK(text("a:\n  '''\n  first\n    second\n\n  third\n  '''\n", "a") == "first\n  second\n\nthird");
        CHECK(text("a: '''one line'''", "a") == "one line");
        CHECK(text("a: '''it's \"so\" # here'''", "a") == "it's \"so\" # here");
        CHECK(text("a: '''\n   less\n   '''", "a") == "less");
        CHECK(text("  a:\r\n  '''\r\n  x\r\n  y\r\n  '''\r\n", "a") == "x\ny");
        CHECK(text("a: ''''''", "a").empty());
    }

    TEST_CASE("every value and every key knows where it stands, in characters") {
        auto const root = parse("{\n  \"\xc3\xa4\": 1, b: [\n    7, \"z\" ]\n}");
        CHECK(root.where() == hjson::position{1, 1});
        CHECK(root.members()[0].where == hjson::position{2, 3});
        CHECK(root.members()[0].value.where() == hjson::position{2, 8});
        CHECK(root.members()[1].where == hjson::position{2, 11});
        CHECK(root.find("b")->items()[1].where() == hjson::position{3, 8});
        CHECK(hjson::locate(root, "b[1]") == hjson::position{3, 8});
        CHECK(hjson::locate(root, "b[1].more[7]") == hjson::position{3, 8});
        CHECK(hjson::locate(root, "b[9]") == hjson::position{2, 14});
        CHECK(hjson::locate(root, "nothing.here") == hjson::position{1, 1});
    }

    TEST_CASE("numbers are not rounded") {
        auto const root = parse("a: 9223372036854775807\nb: 9223372036854775808\nc: 2.0\nd: 1e3\ne: 0.1\nf: text");
        CHECK(root.find("a")->as_integer() == 9223372036854775807);
        CHECK_FALSE(root.find("b")->as_integer());
        CHECK(root.find("c")->as_integer() == 2);
        CHECK(root.find("d")->as_integer() == 1000);
        CHECK_FALSE(root.find("e")->as_integer());
        CHECK(root.find("e")->as_real() == 0.1);
        CHECK_FALSE(root.find("f")->as_real());
        CHECK(*root.find("b")->as_text() == "9223372036854775808");
    }

    TEST_CASE("a mistake is named with its place, and what would be right") {
        CHECK(refused("a: 1\nb: }").message == "2:4: found '}' where the value of \"b\" belongs");
        CHECK(refused("{a: 1}\nb").message == "2:1: found 'b' after the end of the file's content");
        CHECK(refused("{a: 1 b: 2").message == "1:1: found no end of what begins here with '{'");
        CHECK(refused("{\"a\": \"1\" \"b\": 2}").message == "1:11: found '\"' after a value");
        CHECK(refused("a b: 1").message == "1:3: found 'b' after the key \"a\"");
        CHECK(refused("a\nb: 1").message == "1:1: the key \"a\" is not followed by ':'");
        CHECK(refused("a: 1,,b: 2").message == "1:6: found ',' where a key belongs");
        CHECK(refused("}").message == "1:1: found '}' where a key belongs");
        CHECK(refused("a: \"x\ny\"").message == "1:4: found a text that is not closed on its line");
        CHECK(refused("a: \"C:\\path\"").message == "1:7: found an escape that does not exist");
        CHECK(refused("a: \"\\ud800\"").message == "1:5: found an escape that does not exist");
        CHECK(refused("a: '''x").message == "1:4: found a text of several lines that does not end");
        CHECK(refused("a: 1 /* b").message == "1:6: found a comment that does not end");
        CHECK(refused("a: 1\n  a: 2").message == "2:3: the key \"a\" is here again; it stands at 1:1");
        CHECK(refused("{\"a\": 1, a: 2}").message.find("here again") != std::string::npos);
        CHECK(refused("a: \xff").message == "1:4: found a byte that is not UTF-8 (0xFF)");
        CHECK(refused(std::string_view("a: \0", 4)).message == "1:4: found a control character (0x00)");
        CHECK(refused("a: \xc3\xa4, \xe2\x82\xac: 1\nb: ]").message.starts_with("2:4"));
    }

    TEST_CASE("a forgotten value does not swallow the next line") {
        CHECK(refused("password:\nuser: bot").message ==
              "2:1: found \"user: bot\" on a line of its own where the value of \"password\" belongs");
        CHECK(refused("password:").message == "1:10: found the end of the file where the value of \"password\" belongs");
        CHECK(json(parse("a:\n{\nb:\n[1]\n}")) == R"({"a":{"b":[1]}})");
    }

    TEST_CASE("a bracket that an unquoted text swallowed is told at the text") {
        auto const why = refused("bot: {\n  rooms: [!a:b, !c:d]\n}");
        CHECK(why.message ==
              "2:11: found a text without quotation marks, which goes to the end of its line, brackets and commas included; "
              "so what follows is wrong at 3:1: found '}' where a value belongs");
        CHECK(why.hint == "put the text into quotation marks, or begin a new line behind it");
        CHECK(refused("rooms: [!a:b, !c:d]").message.starts_with("1:9: found a text without quotation marks"));
        CHECK(refused("ci: [\n  {name: local, type: executor}\n]").message.starts_with("2:10: found a text without"));
        CHECK(refused("ci: [\n  {name: a, type: x}\n  {name: b}\n]").message.starts_with("2:10: found a text without"));
    }

    TEST_CASE("a mistake after a text with a bracket in it is told where it is, and the text as a possible cause") {
        auto const why = refused("list: [\n  a]\n}");
        CHECK(why.message == "3:1: found '}' where a value belongs");
        CHECK(why.hint.find("perhaps the text at 2:3 was meant to end earlier") != std::string::npos);
    }

    TEST_CASE("depth and size are bounded") {
        CHECK(hjson::read(std::string(32, '[') + std::string(32, ']')).has_value());
        auto const deep = hjson::read(std::string(100000, '['));
        REQUIRE_FALSE(deep.has_value());
        CHECK(deep.error().kind() == base::error_kind::too_large);
        hjson::limits small;
        small.bytes = 10;
        CHECK(hjson::read("a: 2345678", small).has_value());
        CHECK_FALSE(hjson::read("a: 23456789", small).has_value());
    }

    TEST_CASE("the time grows with the length, also where everything is on one line") {
        std::string many = "[";
        while (many.size() < 1000 * 1000) many += "1, 'a','''b''',{\"c\": null},";
        many += "]";
        CHECK(parse(many).items().size() > 100000);
        std::string keys;
        for (int i = 0; i < 60000; ++i) keys += "key" + std::to_string(i) + ":1\n";
        CHECK(parse(keys).members().size() == 60000);
    }

    TEST_CASE("a byte order mark and lines that end in CR LF do no harm") {
        CHECK(json(parse("\xef\xbb\xbf{\r\n  a: x\r\n  b: 5\r\n}\r\n")) == R"({"a":"x","b":5})");
    }
}
