// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <chatrixcd/chatops/render.hpp>

#include "render/clean.hpp"

using chatrixcd::chatops::text::clean;
using chatrixcd::chatops::text::clean_line;

TEST_SUITE("chatops::render clean") {
    TEST_CASE("terminal sequences vanish, also unfinished ones, without taking the text after them") {
        CHECK(clean("\x1b[1;31mred\x1b[0m") == "red");
        CHECK(clean("\x1b]8;;https://example.org\x07link\x1b]8;;\x07") == "link");
        CHECK(clean("\x1b]0;title\x1b\\text") == "text");
        CHECK(clean("\x1b(Bplain") == "plain");
        CHECK(clean("cut \x1b[31") == "cut ");
        CHECK(clean("cut \x1b]0;for ever\nnext line") == "cut \nnext line");
        CHECK(clean("end\x1b") == "end");
        CHECK(clean("\x1b[31\nx") == "\nx");
    }
    TEST_CASE("a progress bar becomes lines") { CHECK(clean("10%\r20%\r\ndone") == "10%\n20%\ndone"); }
    TEST_CASE("what cannot be seen or turns text around is shown as a replacement") {
        CHECK(clean("a\x07z") == "a�z");
        CHECK(clean("a\u202Ez") == "a�z");
        CHECK(clean("a\u0085z") == "a�z");
        CHECK(clean(std::string("a\0z", 3)) == "a�z");
    }
    TEST_CASE("invalid UTF-8 is replaced byte by byte") {
        CHECK(clean("a\xffz") == "a�z");
        CHECK(clean("\xc0\xaf") == "��");       // overlong
        CHECK(clean("\xed\xa0\x80") == "���");  // surrogate
        CHECK(clean("\xe6\xbc") == "��");       // cut
    }
    TEST_CASE("one line stays one line") { CHECK(clean_line("a\nb\tc\r\nd") == "a b c d"); }
}
