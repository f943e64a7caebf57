// SPDX-License-Identifier: Apache-2.0
// How each kind of view looks, in files that people can read and review. CHATRIXCD_UPDATE_GOLDEN=1 writes them anew.
#include <doctest/doctest.h>

#include <chatrixcd/chatops/render.hpp>
#include <cstdlib>
#include <fstream>
#include <sstream>

using namespace chatrixcd::chatops;

namespace {

void compare(std::string const& name, std::string const& rendered) {
    std::string const path = CHATRIXCD_GOLDEN_VIEWS + name;
    if (std::getenv("CHATRIXCD_UPDATE_GOLDEN") != nullptr) {
        std::ofstream(path, std::ios::binary) << rendered;
        return;
    }
    std::ifstream file(path, std::ios::binary);
    REQUIRE_MESSAGE(file.good(), path);
    std::stringstream expected;
    expected << file.rdbuf();
    CHECK_MESSAGE(expected.str() == rendered, path);
}

void golden(std::string const& name, view const& document) {
    compare(name + ".html", render_html(document) + "\n");
    compare(name + ".txt", render_plain(document) + "\n");
    terminal_style narrow;
    narrow.width = 60;
    compare(name + ".term", render_terminal(document, narrow));
}

card success() {
    card c;
    c.state = card_state::success;
    c.title = "demo / hello #3";
    c.summary = "succeeded after 2 s";
    c.facts.emplace_back("by", "@ann:example.org");
    c.facts.emplace_back("with", "name=world");
    c.excerpt = "Hello, world!\nDone.";
    c.next_commands = {"!cd logs 3", "!cd run demo hello name=world"};
    return c;
}

}  // namespace

TEST_SUITE("chatops::render golden") {
    TEST_CASE("a heading with text") {
        golden("text", view()
                           .heading("Ping")
                           .text({"I am here, version ", strong("0.1.0"), ". Try ", code("!cd help"), "."})
                           .text({"Second paragraph."}));
    }
    TEST_CASE("a list") {
        golden("list",
               view()
                   .heading("Projects")
                   .bullets({{code("1"), " demo"}, {code("2"), " web, with a description that is so long that it needs a second line"}}));
    }
    TEST_CASE("preformatted text") { golden("code", view().text({"Log of #3:"}).preformatted("line one\n  indented\n\n<b>not bold</b>")); }
    TEST_CASE("a table that fits") {
        golden("table_narrow", view().rows({"#", "job", "last"}, {{"1", "hello", "✅"}, {"2", "fails", "❌"}, {"10", "漢字", ""}}));
    }
    TEST_CASE("a table that is too wide") {
        golden("table_wide", view().rows({"job", "what it does", "last run"},
                                         {{"hello", "greets whoever is named by its parameter", "2 minutes ago, by @ann:example.org"},
                                          {"fails", "", "never"}}));
    }
    TEST_CASE("a card of success") { golden("card_success", view().with(success())); }
    TEST_CASE("a card of failure, with hostile text") {
        auto c = success();
        c.state = card_state::failure;
        c.title = "demo / <img src=x onerror=alert(1)> #4";
        c.summary = "failed after 1 s & \"exit\" 2";
        c.excerpt = "\x1b[31mfatal\x1b[0m: </code></pre><script>\rprogress 10%\rprogress 20%";
        c.facts.emplace_back("name", "\u202Egnp.exe");
        golden("card_failure", view().with(c));
    }
    TEST_CASE("a card in each other state") {
        for (auto const state : {card_state::waiting, card_state::running, card_state::canceled, card_state::lost, card_state::in_doubt}) {
            card c;
            c.state = state;
            c.title = "demo / hello #5";
            std::string name = word_of(state);
            if (auto const blank = name.find(' '); blank != std::string::npos) name[blank] = '_';
            golden("card_" + name, view().with(c));
        }
    }
    TEST_CASE("a card in colours") {
        terminal_style colored;
        colored.color = true;
        compare("card_success_color.term", render_terminal(view().with(success()).text({"Try ", code("help")}), colored));
    }
}
