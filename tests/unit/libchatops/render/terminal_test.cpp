// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <chatrixcd/chatops/render.hpp>

#include "render/utf8.hpp"
#include "support/views.hpp"

using namespace chatrixcd;
using namespace chatrixcd::chatops;

namespace {

std::string in_width(view const& document, std::size_t width) {
    terminal_style style;
    style.width = width;
    return render_terminal(document, style);
}

std::size_t widest_line(std::string const& text) {
    std::size_t widest = 0;
    for (std::size_t at = 0; at < text.size();) {
        auto const end = std::min(text.find('\n', at), text.size());
        widest = std::max(widest, text::columns_of(std::string_view(text).substr(at, end - at)));
        at = end + 1;
    }
    return widest;
}

bool has_control(std::string const& text) {
    for (std::size_t at = 0; at < text.size();) {
        auto const next = text::decode_at(text, at);
        if (!next.valid || (next.point != '\n' && text::is_control(next.point)) || text::is_bidirectional_control(next.point)) return true;
        at += next.length;
    }
    return false;
}

}  // namespace

TEST_SUITE("chatops::render terminal") {
    TEST_CASE("no line is wider than the terminal, and nothing in it drives the terminal") {
        CHECK(rc::check("width and control characters", [] {
            auto const width = *rc::gen::inRange<std::size_t>(20, 100);
            auto const shown = in_width(test::view_of(*test::any_text(), *test::any_line()), width);
            RC_ASSERT(widest_line(shown) <= width);
            RC_ASSERT(!has_control(shown));
        }));
        CHECK(rc::check("any bytes", [] { RC_ASSERT(!has_control(in_width(test::view_of(*test::any_bytes(), {}), 40))); }));
    }
    TEST_CASE("colours do not change the words") {
        auto const document = test::view_of("some text", {"plain ", strong("strong"), " end"});
        terminal_style colored;
        colored.color = true;
        std::string stripped;
        std::string const shown = render_terminal(document, colored);
        for (std::size_t at = 0; at < shown.size(); ++at) {
            if (shown[at] == '\x1b') {
                at = shown.find('m', at);
            } else {
                stripped += shown[at];
            }
        }
        CHECK(stripped == in_width(document, 80));
    }
    TEST_CASE("long text is broken at blanks, words longer than a line anywhere") {
        CHECK(in_width(view::of_text("one two three four five six"), 20) == "one two three four\nfive six\n");
        CHECK(in_width(view::of_text(std::string(25, 'x')), 20) == std::string(20, 'x') + "\nxxxxx\n");
    }
    TEST_CASE("wide characters count twice") {
        CHECK(in_width(view::of_text("漢字漢字漢字漢字漢字漢字"), 20) == "漢字漢字漢字漢字漢字\n漢字\n");
    }
    TEST_CASE("a log keeps its indentation and its empty lines, tabs go to columns of eight") {
        CHECK(in_width(view().preformatted("a\n\n  b\n\tc"), 40) == "  a\n  \n    b\n          c\n");
    }
    TEST_CASE("a width below the least is the least") { CHECK(in_width(view::of_text("aaaa bbbb"), 1) == "aaaa bbbb\n"); }
}
