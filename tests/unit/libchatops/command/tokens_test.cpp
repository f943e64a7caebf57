// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <chatrixcd/chatops/command/tokens.hpp>

#include "support/results.hpp"
#include "support/texts.hpp"
#include "words/quoted.hpp"

using namespace chatrixcd;
using namespace chatrixcd::chatops;

namespace {

std::vector<std::string> words(std::string_view line) {
    auto const tokens = tokenize(line);
    REQUIRE_MESSAGE(tokens, std::string(line));
    std::vector<std::string> out;
    for (auto const& each : *tokens) out.push_back(each.text);
    return out;
}

using list = std::vector<std::string>;

std::string refusal_of(std::string_view line) {
    auto const tokens = tokenize(line);
    REQUIRE(!tokens);
    return tokens.error().message();
}

}  // namespace

TEST_SUITE("chatops::command tokens") {
    TEST_CASE("words are separated by any number of blanks and tabs") {
        CHECK(words("  run \t demo   hello ") == list{"run", "demo", "hello"});
        CHECK(words("").empty());
        CHECK(words(" \n ").empty());
    }
    TEST_CASE("quotes and backslashes as in a shell") {
        CHECK(words(R"(lock prod "db migration")") == list{"lock", "prod", "db migration"});
        CHECK(words(R"(a'b c'd)") == list{"ab cd"});
        CHECK(words(R"("" '')") == list{"", ""});
        CHECK(words(R"(a\ b \"c\" \\)") == list{"a b", "\"c\"", "\\"});
        CHECK(words(R"("say \"hi\" \\ \n")") == list{R"(say "hi" \ \n)"});
        CHECK(words(R"('no \escape')") == list{R"(no \escape)"});
        CHECK(words(R"("it's")") == list{"it's"});
    }
    TEST_CASE("typographic quotes are quotes, unless they stand inside the other kind") {
        CHECK(words("lock prod “db migration”") == list{"lock", "prod", "db migration"});
        CHECK(words("lock prod „db migration“") == list{"lock", "prod", "db migration"});
        CHECK(words("say ‘a b’") == list{"say", "a b"});
        CHECK(words("say “don’t”") == list{"say", "don’t"});
    }
    TEST_CASE("a dash that a phone made of two is two again before an option, and only there") {
        auto const tokens = tokenize("lock prod —for 2h –steal");
        REQUIRE(tokens);
        CHECK((*tokens)[2].text == "--for");
        CHECK((*tokens)[2].dashed);
        CHECK((*tokens)[4].text == "--steal");
        CHECK(words("say a — b—c") == list{"say", "a", "—", "b—c"});
        CHECK(!(*tokenize("—"))[0].dashed);
    }
    TEST_CASE("only an unquoted dash makes an option, only an unquoted '=' an assignment") {
        auto const tokens = tokenize(R"(--a "--b" \--c -d x=1 "y=2" z="3=4" w\=5)");
        REQUIRE(tokens);
        list dashed;
        list assigned;
        for (auto const& each : *tokens) {
            if (each.dashed) dashed.push_back(each.text);
            if (each.equals) assigned.push_back(each.text.substr(0, *each.equals) + "|" + each.text.substr(*each.equals + 1));
        }
        CHECK(dashed == list{"--a", "-d"});
        CHECK(assigned == list{"x|1", "z|3=4"});
    }
    TEST_CASE("a command is one line: empty ones around it do no harm, text below it is refused") {
        CHECK(words("\n\n ping\r\n \n") == list{"ping"});
        CHECK(refusal_of("run demo deploy env=prod\nversion=9.9") ==
              "A command is one line, and there is more below it; nothing was done. Send each command as a message of its own.");
        CHECK(!tokenize("ping\r\nmore"));
        CHECK(!tokenize("say \"a\nb\""));
    }
    TEST_CASE("what cannot be seen is refused, wherever it stands, and named") {
        CHECK(refusal_of("run\u00a0demo") ==
              "After `run` stands a space that is not the ordinary one (U+00A0), with which a command could mean something else than it "
              "shows; please "
              "type it yourself instead of pasting it.");
        for (auto const* hidden : {"\u200b", "\u200d", "\u202e", "\u2066", "\ufeff", "\u00ad", "\u2028", "\u3000", "\x07", "\x7f", "\u0085",
                                   "\u180e", "\U000e0041"}) {
            CHECK_MESSAGE(!tokenize(std::string("run de") + hidden + "mo"), hidden);
            CHECK_MESSAGE(!tokenize(std::string("run \"de") + hidden + "mo\""), hidden);
            CHECK_MESSAGE(!tokenize(std::string(hidden) + "run"), hidden);
        }
        CHECK(tokenize("run démo 漢字 👍"));
    }
    TEST_CASE("what is no text is refused") { CHECK(refusal_of("run \xff").find("UTF-8") != std::string::npos); }
    TEST_CASE("an open quote or a last backslash is refused, and says where") {
        CHECK(refusal_of("lock prod \"db migration").starts_with("After `lock prod ` a quote opens that is never closed"));
        CHECK(refusal_of("it's").starts_with("After `it` a quote opens"));
        CHECK(refusal_of("a \\").find("backslash") != std::string::npos);
    }
    TEST_CASE("sizes are bounded") {
        CHECK(tokenize(std::string(max_command_bytes, 'x')));
        CHECK(tokenize(std::string(max_command_bytes + 1, 'x')).error().kind() == base::error_kind::too_large);
        std::string many;
        for (std::size_t i = 0; i < max_command_tokens; ++i) many += "x ";
        CHECK(tokenize(many));
        CHECK(tokenize(many + "x").error().kind() == base::error_kind::too_large);
    }
    TEST_CASE("any word comes back whole when it is written as an argument") {
        CHECK(rc::check("as_argument round trip", [] {
            auto const word = *test::any_text();
            auto const tokens = tokenize("x " + text::as_argument(word));
            if (!tokens) return;  // it holds what no command may hold
            RC_PRE(word.find_first_of("\r\n") == std::string::npos);
            RC_PRE(word.find("“") == std::string::npos && word.find("”") == std::string::npos);  // would end the quote
            RC_ASSERT(tokens->size() == 2U);
            RC_ASSERT((*tokens)[1].text == word);
            RC_ASSERT(!(*tokens)[1].dashed);
        }));
    }
    TEST_CASE("any bytes give words or a sentence") {
        CHECK(rc::check("total", [] {
            auto const tokens = tokenize(*test::any_bytes());
            if (!tokens) RC_ASSERT(!tokens.error().message().empty());
        }));
    }
}

TEST_SUITE("chatops::command after_prefix") {
    TEST_CASE("a prefix is a word of its own") {
        CHECK(after_prefix("!cd help", "!cd") == "help");
        CHECK(after_prefix("  !cd\n help me", "!cd") == "help me");
        CHECK(after_prefix("!cd", "!cd") == "");
        CHECK(!after_prefix("!cdhelp", "!cd"));
        CHECK(!after_prefix("hello !cd help", "!cd"));
        CHECK(!after_prefix("", "!cd"));
        CHECK(after_prefix(" help", "") == "help");
    }
}
