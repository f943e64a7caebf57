// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <boost/json/parse.hpp>

#include <chatrixcd/matrix/event.hpp>
#include <chatrixcd/matrix/outgoing.hpp>

#include "content/utf8.hpp"
#include "support/results.hpp"

namespace chatrixcd::matrix {

namespace json = boost::json;

namespace {

event made(char const* text) { return event::parse(json::parse(text).as_object()).value(); }

event with_content(std::string const& content, std::string const& more = "") {
    return made((R"({"type":"m.room.message","sender":"@a:b","event_id":"$e","content":)" + content + more + "}").c_str());
}

}  // namespace

TEST_SUITE("matrix::content") {
    TEST_CASE("an event keeps what it does not know") {
        auto const e = made(R"({"type":"x.y","sender":"@a:b","event_id":"$e","content":{"n":[1,{"deep":true}]},"future":"field"})");
        auto const again = event::parse_text(e.to_text()).value();
        CHECK(again.raw() == e.raw());
        CHECK(again.raw().contains("future"));
    }

    TEST_CASE("malformed events are refused, not thrown about") {
        for (auto const* text : {R"({})", R"({"type":1,"sender":"@a:b","content":{}})", R"({"type":"t","sender":"a","content":{}})",
                                 R"({"type":"t","sender":"@a:b","content":[]})", R"({"type":"t","sender":"@a:b"})",
                                 R"({"type":"t","sender":"@a:b","content":{},"event_id":"no sigil"})",
                                 R"({"type":"t","sender":"@a:b","content":{},"state_key":7})"}) {
            CAPTURE(text);
            auto const parsed = event::parse(json::parse(text).as_object());
            REQUIRE_FALSE(parsed);
            CHECK(parsed.error().kind() == error_kind::protocol);
        }
    }

    TEST_CASE("a nonsensical time does not lose an event") {
        auto const e = made(R"({"type":"t","sender":"@a:b","content":{},"origin_server_ts":"yesterday"})");
        CHECK(e.sent() == base::time_point());
    }

    TEST_CASE("only original messages count as messages") {
        CHECK(is_text_message(with_content(R"({"msgtype":"m.text","body":"x"})")));
        CHECK_FALSE(is_text_message(with_content(R"({"msgtype":"m.notice","body":"x"})")));
        CHECK(is_message(with_content(R"({"msgtype":"m.notice","body":"x"})")));
        auto const related = [](std::string const& type) {
            return with_content(R"({"msgtype":"m.text","body":"x","m.relates_to":{"rel_type":")" + type + R"(","event_id":"$o"}})");
        };
        CHECK_FALSE(is_message(related("m.replace")));
        CHECK(is_message(related("m.thread")));
        CHECK_FALSE(is_message(with_content("{}")));
        CHECK_FALSE(is_message(with_content(R"({"msgtype":"m.text","body":"x"})", R"(,"unsigned":{"redacted_because":{}})")));
        CHECK_FALSE(is_message(with_content(R"({"msgtype":"m.text","body":"x"})", R"(,"state_key":"")")));
    }

    TEST_CASE("the quotation of older clients is taken off replies, and off nothing else") {
        std::string const reply = R"(,"m.relates_to":{"m.in_reply_to":{"event_id":"$o"}}})";
        auto const quoted = [&](std::string const& body, std::string const& end) {
            return message_text(with_content(R"({"msgtype":"m.text","body":")" + body + "\"" + end));
        };
        CHECK(quoted(R"(> <@a:b> one\n> two\n\n!run x)", reply) == "!run x");
        CHECK(quoted(R"(> <@a:b> one\n!run x)", reply) == "!run x");
        CHECK(quoted(R"(> a quotation of my own\n\n!run x)", reply) == "> a quotation of my own\n\n!run x");
        CHECK(quoted(R"(> <@a:b> all of it)", reply) == "> <@a:b> all of it");
        CHECK(quoted(R"(> <@a:b> one\n\n!run x)", "}") == "> <@a:b> one\n\n!run x");
    }

    TEST_CASE("threads fall back to replies, real replies in them do not") {
        auto const fallback = outgoing("x").in_thread(event_id("$root")).content();
        CHECK(fallback.at("m.relates_to") ==
              json::parse(R"({"rel_type":"m.thread","event_id":"$root","is_falling_back":true,"m.in_reply_to":{"event_id":"$root"}})"));
        auto const reply = outgoing("x").in_thread(event_id("$root")).reply_to(event_id("$m")).content();
        CHECK(reply.at("m.relates_to") ==
              json::parse(R"({"rel_type":"m.thread","event_id":"$root","is_falling_back":false,"m.in_reply_to":{"event_id":"$m"}})"));
        auto const plain = outgoing("x").reply_to(event_id("$m")).content();
        CHECK(plain.at("m.relates_to") == json::parse(R"({"m.in_reply_to":{"event_id":"$m"}})"));
        CHECK_FALSE(outgoing("x").content().contains("m.relates_to"));
    }

    TEST_CASE("an edit has the new content, a fallback, and no reply") {
        auto const two = outgoing::html("two", "<b>two</b>").reply_to(event_id("$m")).mention(user_id("@a:b"));
        auto const edit = two.edit_content(event_id("$old"));
        CHECK(edit.at("body") == "* two");
        CHECK(edit.at("formatted_body") == "* <b>two</b>");
        CHECK(edit.at("m.relates_to") == json::parse(R"({"rel_type":"m.replace","event_id":"$old"})"));
        auto const& fresh = edit.at("m.new_content").as_object();
        CHECK(fresh.at("body") == "two");
        CHECK(fresh.at("formatted_body") == "<b>two</b>");
        CHECK_FALSE(fresh.contains("m.relates_to"));
        CHECK(edit.at("m.mentions").as_object().empty());
        CHECK(fresh.at("m.mentions") == json::parse(R"({"user_ids":["@a:b"]})"));
    }

    TEST_CASE("a plain string is a notice, and says whom it mentions") {
        CHECK(outgoing("x").content().at("msgtype") == "m.notice");
        CHECK(outgoing::text("x").content().at("msgtype") == "m.text");
        CHECK(outgoing("x").content().at("m.mentions").as_object().empty());
        CHECK(outgoing("x").mention(user_id("@a:b")).content().at("m.mentions") == json::parse(R"({"user_ids":["@a:b"]})"));
    }

    TEST_CASE("everybody in a room, and in an edit only who is new, can be mentioned") {
        auto const all = outgoing("x").mention(user_id("@a:b")).mention_room();
        CHECK(all.content().at("m.mentions") == json::parse(R"({"user_ids":["@a:b"],"room":true})"));
        auto const edit =
            outgoing("x").mention(user_id("@a:b")).mention_anew(user_id("@c:d")).mention_room().edit_content(event_id("$old"));
        CHECK(edit.at("m.mentions") == json::parse(R"({"user_ids":["@c:d"]})"));
        CHECK(edit.at("m.new_content").at("m.mentions") == json::parse(R"({"user_ids":["@a:b","@c:d"],"room":true})"));
    }

    TEST_CASE("emotes and places are messages of their own types") {
        CHECK(outgoing::emote("waves").content().at("msgtype") == "m.emote");
        auto const place = outgoing::location("the lab", "geo:51.5008,0.1247").content();
        CHECK(place.at("msgtype") == "m.location");
        CHECK(place.at("geo_uri") == "geo:51.5008,0.1247");
        CHECK(place.at("body") == "the lab");
    }

    TEST_CASE("what is no UTF-8 is repaired") {
        using detail::repaired_utf8;
        CHECK(repaired_utf8("a\xC3\xA4 \xF0\x9F\x98\x80") == "a\xC3\xA4 \xF0\x9F\x98\x80");
        CHECK(repaired_utf8("\xC0\xAF") == "\xEF\xBF\xBD\xEF\xBF\xBD");                  // overlong
        CHECK(repaired_utf8("\xED\xA0\x80") == "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");  // a surrogate
        CHECK(repaired_utf8("x\xE2\x82") == "x\xEF\xBF\xBD\xEF\xBF\xBD");                // cut
        CHECK(repaired_utf8(std::string("a\0b", 3)) ==
              "a\xEF\xBF\xBD"
              "b");
        CHECK(outgoing("\xFF").content().at("body") == "\xEF\xBF\xBD");
    }
}

}  // namespace chatrixcd::matrix
