// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <chatrixcd/chatops/render.hpp>
#include <set>

#include "support/views.hpp"

using namespace chatrixcd;
using namespace chatrixcd::chatops;

namespace {

// Whether every '<' of `html` begins a tag of the renderer and every tag is closed in order.
bool only_known_tags(std::string const& html) {
    static std::set<std::string> const known = {"p", "h4", "ul", "li", "pre", "code", "strong"};
    std::vector<std::string> open;
    for (auto at = html.find('<'); at != std::string::npos; at = html.find('<', at + 1)) {
        auto const end = html.find('>', at);
        if (end == std::string::npos) return false;
        auto const tag = html.substr(at + 1, end - at - 1);
        if (tag == "br") continue;
        if (!tag.empty() && tag.front() == '/') {
            if (open.empty() || open.back() != tag.substr(1)) return false;
            open.pop_back();
        } else {
            if (!known.contains(tag)) return false;
            open.push_back(tag);
        }
    }
    return open.empty();
}

}  // namespace

TEST_SUITE("chatops::render html") {
    TEST_CASE("whatever the texts say, the markup is the renderer's") {
        CHECK(rc::check("only known tags, all closed", [] {
            auto const html = render_html(test::view_of(*test::any_text(), *test::any_line()));
            RC_ASSERT(only_known_tags(html));
        }));
        CHECK(rc::check("any bytes", [] {
            auto const html = render_html(test::view_of(*test::any_bytes(), {}));
            RC_ASSERT(only_known_tags(html));
        }));
    }
    TEST_CASE("quotes are escaped, so text may stand in an attribute of whoever embeds it") {
        CHECK(render_html(view::of_text("\"'&<>")) == "<p>&quot;&#39;&amp;&lt;&gt;</p>");
    }
    TEST_CASE("a line break in a paragraph is one, in a title it is a blank") {
        CHECK(render_html(view::of_text("a\nb")) == "<p>a<br>b</p>");
        CHECK(render_html(view().heading("a\nb")) == "<h4>a b</h4>");
    }
    TEST_CASE("neither tables nor details, which phones show badly") {
        auto const html = render_html(view().rows({"a", "b"}, {{"1", "2"}}));
        CHECK(html.find("<table") == std::string::npos);
        CHECK(html.find("<pre><code>a  b\n1  2</code></pre>") != std::string::npos);
    }
    TEST_CASE("a table of exactly 40 columns is aligned, one of 41 is a list") {
        std::string const thirty_eight(38, 'x');
        CHECK(render_html(view().rows({}, {{"x", std::string(37, 'y')}})).starts_with("<pre>"));
        CHECK(render_html(view().rows({}, {{"x", thirty_eight}})).starts_with("<ul>"));
    }
}
