// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/chatops/view_json.hpp>

using namespace chatrixcd::chatops;
namespace base = chatrixcd::base;

namespace {

view every_block() {
    view out;
    out.add(heading{"H"});
    out.add(paragraph{line{span("plain "), strong("strong"), code("code \"quoted\" <b>")}});
    out.add(bullet_list{{line{span("one")}, line{}}});
    out.add(code_block{"a\n\tb\n"});
    out.add(table{{"x", "y"}, {{"1", "2"}, {}}});
    card c;
    c.state = card_state::in_doubt;
    c.title = "t";
    c.summary = "s";
    c.facts = {{"by", "@ann:a.org"}, {"", ""}};
    c.excerpt = "e";
    c.next_commands = {"!cd logs 1"};
    out.add(c);
    return out;
}

base::result<view> read(std::string const& text) { return view_from_json(base::parse_json_object(text).value()); }

}  // namespace

TEST_SUITE("chatops::view_json") {
    TEST_CASE("every block survives the round trip") {
        auto const before = every_block();
        auto const text = boost::json::serialize(to_json(before));
        CHECK(read(text).value() == before);
        CHECK(read(boost::json::serialize(to_json(view()))).value() == view());
    }

    TEST_CASE("every state and style has its word") {
        for (int i = 0; i <= static_cast<int>(card_state::in_doubt); ++i) {
            card c;
            c.state = static_cast<card_state>(i);
            auto const before = view().with(c);
            CHECK(view_from_json(to_json(before)).value() == before);
        }
    }

    TEST_CASE("a newer form is refused, unknown fields are not") {
        CHECK(read(R"({"v":2,"blocks":[]})").error().kind() == base::error_kind::unsupported);
        CHECK(read(R"({"v":1,"blocks":[{"kind":"heading","text":"x","more":1}],"new":true})").value() == view().heading("x"));
    }

    TEST_CASE("whatever is malformed is an error") {
        for (auto const* text :
             {R"({})", R"({"v":1})", R"({"v":1,"blocks":{}})", R"({"v":1,"blocks":[1]})", R"({"v":1,"blocks":[{}]})",
              R"({"v":1,"blocks":[{"kind":"sound"}]})", R"({"v":1,"blocks":[{"kind":"paragraph","content":[{"text":1}]}]})",
              R"({"v":1,"blocks":[{"kind":"paragraph","content":[{"text":"x","style":"blink"}]}]})",
              R"({"v":1,"blocks":[{"kind":"bullets","items":["x"]}]})", R"({"v":1,"blocks":[{"kind":"table","header":[],"rows":[[1]]}]})",
              R"({"v":1,"blocks":[{"kind":"card","state":"fine"}]})"}) {
            CHECK_MESSAGE(read(text).error().kind() == base::error_kind::protocol, text);
        }
    }
}
