// SPDX-License-Identifier: Apache-2.0
#include "demo/screen.hpp"

#include <doctest/doctest.h>

namespace chatrixcd::bot {
namespace {

screen_options terminal(std::size_t width, std::size_t height) {
    screen_options options;
    options.width = width;
    options.height = height;
    options.repaint = true;
    return options;
}

entry said(std::string sender, std::string body) {
    entry made;
    made.sender = std::move(sender);
    made.body = std::move(body);
    return made;
}

}  // namespace

TEST_SUITE("bot::demo::screen") {
    TEST_CASE("an entry shows who spoke, and its lines below one another") {
        screen s(terminal(80, 24), "@you:x");
        CHECK(s.show(0, said("@you:x", "!cd ping")) == "you  !cd ping\n");
        CHECK(s.show(1, said("@bot:x", "one\ntwo")) == "bot  one\n     two\n");
    }

    TEST_CASE("a changed entry is repainted in place, with those below it") {
        screen s(terminal(80, 24), "@you:x");
        s.show(0, said("@bot:x", "queued"));
        s.show(1, said("@bot:x", "other"));
        CHECK(s.show(0, said("@bot:x", "done")) == "\x1b[2A\r\x1b[Jbot  done\nbot  other\n");
    }

    TEST_CASE("an entry that has left the screen is printed again below") {
        screen s(terminal(80, 3), "@you:x");
        s.show(0, said("@bot:x", "queued"));
        s.show(1, said("@bot:x", "a\nb"));
        CHECK(s.show(0, said("@bot:x", "done")) == "bot  done\n");
    }

    TEST_CASE("a terminal that cannot move its cursor gets no control sequence") {
        screen_options plain;
        screen s(plain, "@you:x");
        s.show(0, said("@bot:x", "queued"));
        CHECK(s.show(0, said("@bot:x", "done")) == "bot  done\n");
        CHECK(s.note("hint").find('\x1b') == std::string::npos);
    }

    TEST_CASE("an entry that looks as before writes nothing") {
        screen s(terminal(80, 24), "@you:x");
        s.show(0, said("@bot:x", "same"));
        CHECK(s.show(0, said("@bot:x", "same")).empty());
    }

    TEST_CASE("long lines are wrapped to the width, so that rows can be counted") {
        screen s(terminal(40, 24), "@you:x");
        std::string const text = s.show(0, said("@bot:x", std::string(100, 'a')));
        std::size_t start = 0;
        while (start < text.size()) {
            std::size_t const end = text.find('\n', start);
            CHECK(end - start <= 40);
            start = end + 1;
        }
    }

    TEST_CASE("a log cannot drive the terminal") {
        screen s(terminal(80, 24), "@you:x");
        std::string const text = s.show(0, said("@bot:x", "\x1b[2Jgone\x07"));
        CHECK(text.find('\x1b') == std::string::npos);
        CHECK(text.find('\x07') == std::string::npos);
    }
}

}  // namespace chatrixcd::bot
