// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/matrix/markdown.hpp>

#include <doctest/doctest.h>

#include <array>
#include <string>
#include <vector>

#include <chatrixcd/base/random.hpp>

namespace chatrixcd::matrix {

namespace {

// What a piece of markup may be: tags without attributes, and three that have one. `<a href>` is checked by its schemes.
bool is_allowed_tag(std::string_view tag) {
    constexpr std::array allowed = {"p",       "/p",  "h1",  "/h1",  "h2",   "/h2",   "h3",         "/h3",        "h4",
                                    "/h4",     "h5",  "/h5", "h6",   "/h6",  "ul",    "/ul",        "ol",         "/ol",
                                    "li",      "/li", "br",  "hr",   "pre",  "/pre",  "em",         "/em",        "strong",
                                    "/strong", "/a",  "del", "/del", "code", "/code", "blockquote", "/blockquote"};
    for (auto const* name : allowed) {
        if (tag == name) return true;
    }
    auto const begins = [&](std::string_view start) { return tag.substr(0, start.size()) == start; };
    if (begins("ol start=\"")) return tag.substr(10).find_first_not_of("0123456789") == tag.size() - 11;
    if (begins("code class=\"language-")) return tag.find_first_of("<> ", 6) == std::string_view::npos;
    for (auto const* scheme : {"http://", "https://", "ftp://", "mailto:", "magnet:"}) {
        if (begins(std::string("a href=\"") + scheme)) return tag.find('"', 8) == tag.size() - 1;
    }
    return false;
}

// Each '<' begins an allowed tag that is closed, in the order of HTML.
bool is_clean(std::string const& html) {
    std::vector<std::string> open;
    for (std::size_t at = 0; at < html.size(); ++at) {
        if (html[at] == '>') return false;
        if (html[at] != '<') continue;
        auto const end = html.find('>', at);
        if (end == std::string::npos) return false;
        auto const tag = html.substr(at + 1, end - at - 1);
        if (!is_allowed_tag(tag)) return false;
        auto const name = tag.substr(0, tag.find(' '));
        if (tag[0] == '/') {
            if (open.empty() || "/" + open.back() != tag) return false;
            open.pop_back();
        } else if (name != "br" && name != "hr") {
            open.push_back(name);
        }
        at = end;
    }
    return open.empty();
}

}  // namespace

TEST_SUITE("matrix::markdown") {
    TEST_CASE("the usual things look as usual") {
        CHECK(markdown_to_html("**a** _b_ `c` ~~d~~") == "<strong>a</strong> <em>b</em> <code>c</code> <del>d</del>");
        CHECK(markdown_to_html("one\n\ntwo") == "<p>one</p>\n<p>two</p>");
        CHECK(markdown_to_html("# T\n\n- a\n- b") == "<h1>T</h1>\n<ul><li>a</li>\n<li>b</li>\n</ul>");
        CHECK(markdown_to_html("3. c") == "<ol start=\"3\"><li>c</li>\n</ol>");
        CHECK(markdown_to_html("```c++\na < b\n```") == "<pre><code class=\"language-c++\">a &lt; b\n</code></pre>");
        CHECK(markdown_to_html("[x](https://example.org/?a=1&b=2)") == "<a href=\"https://example.org/?a=1&amp;b=2\">x</a>");
        CHECK(markdown_to_html("https://example.org/") == "<a href=\"https://example.org/\">https://example.org/</a>");
        CHECK(markdown_to_html("a  \nb") == "a<br>\nb");
        CHECK(markdown_to_html("&copy; &#65;") == "&copy; &#65;");
        CHECK(markdown_to_html("").empty());
    }

    TEST_CASE("nothing becomes markup that was only written") {
        CHECK(markdown_to_html("<script>alert(1)</script>") == "&lt;script&gt;alert(1)&lt;/script&gt;");
        CHECK(markdown_to_html("a <img src=x onerror=y> b") == "a &lt;img src=x onerror=y&gt; b");
        CHECK(markdown_to_html("[x](javascript:alert(1))") == "x");
        CHECK(markdown_to_html("[x](javascript&colon;alert(1))") == "x");
        CHECK(markdown_to_html("[x](data:text/html,hi)") == "x");
        CHECK(markdown_to_html("![pixel](https://spy.example/p.png)") == "<a href=\"https://spy.example/p.png\">pixel</a>");
        CHECK(markdown_to_html("[![a](https://a.example)](https://b.example)") == "<a href=\"https://b.example\">a</a>");
        CHECK(markdown_to_html("![a [b](https://b.example)](https://a.example)") == "<a href=\"https://a.example\">a b</a>");
        CHECK(markdown_to_html("[x](<https://e.example/\"onclick=>)") == "<a href=\"https://e.example/&quot;onclick=\">x</a>");
        CHECK(markdown_to_html("```\"><script>\nx\n```") == "<pre><code>x\n</code></pre>");
        CHECK(escape_html("<&>\"\xFF") == "&lt;&amp;&gt;&quot;\xEF\xBF\xBD");
    }

    TEST_CASE("a span that the parser does not end is ended where its paragraph is") {
        auto const html = markdown_to_html("> ~\") ![i](http:~/y)\n\n3. a");
        CHECK(is_clean(html));
        CHECK(html.find("<del>") != std::string::npos);
        CHECK(html.find("</del></p>") != std::string::npos);
    }

    TEST_CASE("no more spans are inside one another than clients show") {
        auto const html = markdown_to_html(std::string(600, '*') + "a" + std::string(600, '*'));
        CHECK(is_clean(html));
        std::size_t spans = 0;
        for (auto at = html.find("<strong>"); at != std::string::npos; at = html.find("<strong>", at + 1)) ++spans;
        CHECK(spans > 10);
        CHECK(spans <= 40);
    }

    TEST_CASE("deep nesting is flattened, huge sources are only escaped") {
        auto const deep = markdown_to_html(std::string(5000, '>') + " x");
        CHECK(is_clean(deep));
        CHECK(deep.size() < 2000);
        auto const huge = markdown_to_html("**x**<" + std::string(std::size_t{2} << 20U, 'a'));
        CHECK(huge.substr(0, 9) == "**x**&lt;");
    }

    TEST_CASE("whatever is written, only allowed tags come out, well nested") {
        constexpr std::array pieces = {"<",  ">",    "&",       "\"",          "*",    "**",     "_",   "`",   "```",  "\n",
                                       "[",  "]",    "(",       ")",           "![",   "#",      "- ",  "1. ", "> ",   "~~",
                                       "\\", " ",    "http://", "javascript:", "&lt;", "&#x3c;", "<b>", "--",  "\xFF", "\xC3",
                                       "|",  "\n\n", ":",       "\t",          "<!--", "-->",    "***", "a",   "    ", "<a href=\"x\">"};
        auto const random = base::make_seeded_random(11);
        for (int round = 0; round < 4000; ++round) {
            std::string source;
            for (auto n = random->below(40); n > 0; --n) source += pieces[random->below(pieces.size())];
            auto const html = markdown_to_html(source);
            CAPTURE(source);
            CAPTURE(html);
            REQUIRE(is_clean(html));
        }
    }
}

}  // namespace chatrixcd::matrix
