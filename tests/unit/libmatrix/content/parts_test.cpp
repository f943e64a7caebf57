// SPDX-License-Identifier: Apache-2.0
// Long messages as several events.
#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include <chatrixcd/matrix/markdown.hpp>
#include <chatrixcd/matrix/outgoing.hpp>
#include <chatrixcd/protocol/canonical_json.hpp>

#include "content/cut.hpp"
#include "content/html_cutter.hpp"
#include "content/utf8.hpp"
#include "support/results.hpp"

namespace chatrixcd::matrix {

namespace json = boost::json;

namespace {

constexpr std::size_t small = 700;

std::string text_of(json::object const& content, char const* key) {
    auto const* value = content.if_contains(key);
    return value == nullptr ? std::string() : std::string(value->as_string());
}

std::string together(std::vector<json::object> const& parts, char const* key) {
    std::string whole;
    for (auto const& part : parts) whole += text_of(part, key);
    return whole;
}

std::string without_tags(std::string_view html) {
    std::string text;
    for (std::size_t at = 0; at < html.size();) {
        auto const token = detail::next_token(html, at);
        if (!token) return "not HTML";
        if (token->what == detail::html_token::kind::text) text += token->source;
        at += token->source.size();
    }
    return text;
}

bool is_valid(std::string const& text) { return detail::repaired_utf8(text) == text; }

std::size_t canonical_size(json::object const& content) { return protocol::canonical_json(content).value().size(); }

rc::Gen<std::string> prose() {
    auto const piece = rc::gen::element<std::string>("a", "word", "longer words of prose", " ", " ", "\n", "\n\n", "\t", "\"quoted\"", "\\",
                                                     "<b>", "&amp;", "é", "漢字", "e\u0301", "👩‍👩‍👧", "🇩🇪🇫🇷", "👍🏽", "\u200d",
                                                     "\x01", std::string(300, 'x'), std::string(40, '\n'), "\xFF", "\u0301\u0301\u0301");
    return rc::gen::map(rc::gen::container<std::vector<std::string>>(piece), [](std::vector<std::string> const& pieces) {
        std::string out;
        for (auto const& each : pieces) out += each;
        return out;
    });
}

rc::Gen<std::string> source_text() {
    auto const piece =
        rc::gen::element<std::string>("word ", "*bold* ", "**strong** ", "`code` ", "[link](https://example.org/a?b=c&d=e) ", "\n", "\n\n",
                                      "- item\n", "1. one\n", "> quoted\n", "```cpp\nint main() { return a < b && c > d; }\n```\n",
                                      "# head\n", "é漢👩‍👩‍👧 ", "&amp; &lt; ", "<script>", std::string(200, 'y'));
    return rc::gen::map(rc::gen::container<std::vector<std::string>>(piece), [](std::vector<std::string> const& pieces) {
        std::string out;
        for (auto const& each : pieces) out += each;
        return out;
    });
}

}  // namespace

TEST_SUITE("matrix::content parts") {
    TEST_CASE("what fits stays one event") {
        auto const one = outgoing("short").reply_to(event_id("$m")).parts().value();
        REQUIRE(one.size() == 1);
        CHECK(one.front() == outgoing("short").reply_to(event_id("$m")).content());
    }

    TEST_CASE("parts put together give the text back, each is valid and small enough") {
        CHECK(rc::check("plain", [] {
            auto const text = *rc::gen::resize(200, prose());
            auto const parts = outgoing(text).parts(small);
            if (!parts) {
                RC_ASSERT(parts.error().kind() == error_kind::too_large);
                RC_ASSERT(text.size() > small);
                return;
            }
            RC_ASSERT(together(*parts, "body") == detail::repaired_utf8(text));
            for (auto const& part : *parts) {
                RC_ASSERT(is_valid(text_of(part, "body")));
                RC_ASSERT(canonical_size(part) <= small);
            }
        }));
    }

    TEST_CASE("parts of formatted text are balanced and say everything, in both forms") {
        CHECK(rc::check("markdown", [] {
            auto const source = *rc::gen::resize(120, source_text());
            auto const message = outgoing::markdown(source);
            auto const parts = message.parts(small);
            if (!parts) {
                RC_ASSERT(source.size() > small);
                return;
            }
            RC_ASSERT(together(*parts, "body") == detail::repaired_utf8(source));
            auto const html = markdown_to_html(source);
            std::string shown;
            bool formatted = true;
            for (auto const& part : *parts) {
                RC_ASSERT(canonical_size(part) <= small);
                auto const markup = text_of(part, "formatted_body");
                RC_ASSERT(is_valid(markup));
                RC_ASSERT(!html_problem(markup));
                formatted = formatted && part.contains("formatted_body");
                shown += without_tags(markup);
            }
            if (formatted && !html.empty()) RC_ASSERT(shown == without_tags(html));
        }));
    }

    TEST_CASE("most formatted text keeps its format when it is cut") {
        std::string source;
        for (int i = 0; i < 40; ++i) source += "- **item** with `code` and [a link](https://example.org)\n";
        auto const parts = outgoing::markdown(source).parts(1500).value();
        CHECK(parts.size() > 2);
        for (auto const& part : parts) {
            auto const markup = text_of(part, "formatted_body");
            CHECK(markup.substr(0, 4) == "<ul>");
            CHECK(markup.substr(markup.size() - 5) == "</ul>");
            // Between two items, not inside one.
            CHECK(without_tags(markup).find("item") <= 1);
        }
        auto const code = outgoing::markdown("```cpp\n" + std::string(3000, 'x') + "\n```").parts(1500).value();
        CHECK(code.size() > 3);
        for (auto const& part : code) CHECK(text_of(part, "formatted_body").substr(0, 33) == "<pre><code class=\"language-cpp\">x");
    }

    TEST_CASE("a text is cut behind a paragraph, a line or a word, as it offers") {
        auto const first = [](std::string const& text) { return text_of(outgoing(text).parts(small).value().front(), "body"); };
        std::string const words = "word word word word word word word word word word ";
        std::string paragraphs;
        std::string lines;
        std::string prose;
        for (int i = 0; i < 40; ++i) {
            paragraphs += words + "\n\n";
            lines += words + "\n";
            prose += words;
        }
        CHECK(first(paragraphs).substr(first(paragraphs).size() - 2) == "\n\n");
        CHECK(first(lines).back() == '\n');
        CHECK(first(prose).back() == ' ');
        CHECK(first(prose).size() > small / 2);
    }

    TEST_CASE("what is shown as one character is not torn") {
        using detail::good_place;
        using detail::whole_characters;
        std::string const family = "👩‍👩‍👧";
        CHECK(whole_characters("ab" + family, 2 + 4) == 2);
        CHECK(whole_characters("ab" + family, 2 + 7) == 2);
        CHECK(whole_characters("e\u0301x", 1) == 1);  // nothing before it: cut all the same
        CHECK(whole_characters("xe\u0301x", 2) == 1);
        CHECK(whole_characters("x🇩🇪y", 5) == 1);
        CHECK(whole_characters("x👍🏽", 5) == 1);
        CHECK(good_place("abc", 3) == 3);
        // Hostile text is cut somewhere.
        std::string marks;
        for (int i = 0; i < 500; ++i) marks += "\u0301";
        CHECK(good_place(marks, 600) == 600);
        CHECK(detail::longest_prefix("aé", 2) == 1);
        CHECK(detail::longest_prefix("\n\n", 3) == 1);
        CHECK(detail::json_cost("\x01\"a") == 9);
    }

    TEST_CASE("only the first part answers and mentions, all are in the thread") {
        auto const long_text = std::string(2000, 'x');
        auto const ann = user_id("@ann:b");
        auto const parts = outgoing(long_text).reply_to(event_id("$m")).in_thread(event_id("$root")).mention(ann).parts(small).value();
        REQUIRE(parts.size() > 2);
        CHECK(parts[0].at("m.mentions") == json::parse(R"({"user_ids":["@ann:b"]})"));
        CHECK(parts[0].at("m.relates_to").at("m.in_reply_to").at("event_id") == "$m");
        CHECK(parts[1].at("m.mentions") == json::object());
        CHECK(parts[1].at("m.relates_to") ==
              json::parse(R"({"rel_type":"m.thread","event_id":"$root","is_falling_back":true,"m.in_reply_to":{"event_id":"$root"}})"));
        auto const reply = outgoing(long_text).reply_to(event_id("$m")).parts(small).value();
        CHECK(reply[0].contains("m.relates_to"));
        CHECK_FALSE(reply[1].contains("m.relates_to"));
    }

    TEST_CASE("HTML that cannot be cut is left out, and what is far too long is refused") {
        std::string const words(2000, 'w');
#ifdef NDEBUG
        auto const parts = outgoing::html(words, "<b>" + words).parts(small).value();
        for (auto const& part : parts) CHECK_FALSE(part.contains("formatted_body"));
        CHECK(together(parts, "body") == words);
#endif
        auto const deep = outgoing::html(words, "<a href=\"https://" + std::string(690, 'h') + "\">" + words + "</a>").parts(small).value();
        for (auto const& part : deep) CHECK_FALSE(part.contains("formatted_body"));
        CHECK(together(deep, "body") == words);
        auto const book = outgoing(std::string(20 * small, 'b')).parts(small);
        REQUIRE_FALSE(book);
        CHECK(book.error().kind() == error_kind::too_large);
        CHECK(outgoing("x").parts(10).error().kind() == error_kind::too_large);
    }

    TEST_CASE("the largest content fits into an event with the longest ids") {
        auto const parts = outgoing(std::string(200000, '"')).parts().value();
        auto const longest = [](char sigil) { return std::string(1, sigil) + std::string(254, 'x'); };
        for (auto content : parts) {
            CHECK(canonical_size(content) <= largest_content);
            json::object pdu;
            pdu["type"] = std::string(255, 't');
            pdu["room_id"] = longest('!');
            pdu["sender"] = longest('@');
            pdu["origin_server_ts"] = 1700000000000;
            pdu["depth"] = protocol::max_json_integer;
            // Format of room version 3 and newer: a sigil and 43 characters.
            json::array ids;
            for (int i = 0; i < 20; ++i) ids.emplace_back("$" + std::string(43, 'e'));
            pdu["prev_events"] = ids;
            ids.resize(10);
            pdu["auth_events"] = ids;
            pdu["hashes"] = json::object({{"sha256", std::string(43, 'h')}});
            json::object signature;
            signature["ed25519:" + std::string(20, 'k')] = std::string(86, 's');
            pdu["signatures"] = json::object({{std::string(230, 'n'), signature}});
            pdu["unsigned"] = json::object({{"age", 123456789}, {"transaction_id", std::string(30, 't')}});
            pdu["content"] = std::move(content);
            CHECK(protocol::canonical_json(pdu).value().size() <= 65536);
        }
    }

    TEST_CASE("an edit that would not fit with its fallback shows a shorter one") {
        auto const words = std::string(40000, 'w');
        auto const edit = outgoing::html(words, "<b>x</b>").edit_content(event_id("$m"));
        CHECK(canonical_size(edit) <= largest_content);
        CHECK(text_of(edit.at("m.new_content").as_object(), "body") == words);
        CHECK(text_of(edit, "body").size() < 1100);
        CHECK_FALSE(edit.contains("formatted_body"));
    }
}

TEST_SUITE("matrix::content html") {
    TEST_CASE("what Matrix does not allow is named") {
        CHECK_FALSE(html_problem("<p>a &lt; b <a href=\"https://x.org/?a>b\">l</a><br/><img src='mxc://a/b' alt=\"\"></p>"));
        CHECK_FALSE(html_problem("<span data-mx-spoiler>x</span><ol start=\"3\"><li>x</li></ol>"));
        for (auto const* bad :
             {"<script>x</script>", "<p>", "</p>", "<p></b>", "a < b", "<!-- x -->", "<b onclick=\"x\">x</b>",
              "<a href=\"javascript:x\">x</a>", "<img src=\"https://x/y.png\">", "<code class=\"x\">y</code>", "<b", "<"}) {
            CAPTURE(bad);
            CHECK(html_problem(bad));
        }
        std::string deep;
        for (int i = 0; i < 101; ++i) deep += "<b>";
        CHECK(html_problem(deep));
    }

    TEST_CASE("any bytes are judged without harm") {
        CHECK(rc::check("bytes", [] {
            auto const piece =
                rc::gen::element<std::string>("<", ">", "/", "b", "a href", "=", "\"", "'", " ", "&", ";", "!--", "br", "</b>", "<b>");
            auto const pieces = *rc::gen::container<std::vector<std::string>>(piece);
            std::string text;
            for (auto const& each : pieces) text += each;
            if (!html_problem(text)) RC_ASSERT(detail::is_balanced(text));
        }));
    }

    TEST_CASE("what Markdown becomes is allowed") {
        CHECK(rc::check("markdown", [] { RC_ASSERT(!html_problem(markdown_to_html(*rc::gen::resize(100, source_text())))); }));
    }
}

}  // namespace chatrixcd::matrix
