// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>

#include "words/quoted.hpp"
#include "words/similar.hpp"

namespace text = chatrixcd::chatops::text;

namespace {

// The textbook table, without a band: what the fast one must agree with.
std::size_t plain_distance(std::string const& a, std::string const& b) {
    std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
    for (std::size_t i = 0; i <= a.size(); ++i) d[i][0] = i;
    for (std::size_t j = 0; j <= b.size(); ++j) d[0][j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        for (std::size_t j = 1; j <= b.size(); ++j) {
            d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U)});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
        }
    }
    return d[a.size()][b.size()];
}

}  // namespace

TEST_SUITE("chatops::words similar") {
    TEST_CASE("typing errors agree with the textbook up to the bound") {
        auto const words = rc::gen::container<std::string>(rc::gen::element('a', 'b', 'c'));
        CHECK(rc::check("distance", [&] {
            auto const a = *words;
            auto const b = *words;
            RC_ASSERT(text::typing_errors(a, b) == std::min(plain_distance(a, b), text::most_typing_errors + 1));
        }));
        CHECK(text::typing_errors("deply", "deploy") == 1);
        CHECK(text::typing_errors("stauts", "status") == 1);
        CHECK(text::typing_errors("run", "templates") == 3);
    }
    TEST_CASE("a beginning comes before a typing error, and nonsense suggests nothing") {
        std::vector<std::string> const known = {"stop", "status", "start", "logs"};
        CHECK(text::similar("sta", known, 3) == std::vector<std::string>{"status", "start"});
        CHECK(text::similar("STAUTS", known, 3) == std::vector<std::string>{"status"});
        CHECK(text::similar("xyz", known, 3).empty());
        CHECK(text::similar("", known, 3).empty());
        CHECK(text::similar("st", known, 2).size() == 2);
    }
    TEST_CASE("what is quoted can be neither markup nor endless") {
        CHECK(text::quoted("a`b\nc") == "`a'b c`");
        CHECK(text::quoted(std::string(1000, 'x')).size() < 70);
    }
    TEST_CASE("an argument is written as the command parser reads it") {
        CHECK(text::as_argument("hello") == "hello");
        CHECK(text::as_argument("Deploy prod") == "\"Deploy prod\"");
        CHECK(text::as_argument("say \"hi\"") == "\"say \\\"hi\\\"\"");
        CHECK(text::as_argument("-x") == "\"-x\"");
        CHECK(text::as_argument("") == "\"\"");
    }
}
