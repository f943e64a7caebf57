// SPDX-License-Identifier: Apache-2.0
#include "output/buffer.hpp"

#include <doctest/doctest.h>

#include "output/utf8.hpp"

namespace {

using namespace chatrixcd::executor;
using strings = std::vector<std::string>;

std::string numbered(int from, int to) {
    std::string text;
    for (int i = from; i < to; ++i) text += "line " + std::to_string(i) + "\n";
    return text;
}

}  // namespace

TEST_SUITE("executor::output_buffer") {
    TEST_CASE("bytes become lines however they are cut") {
        std::string const all = "one\r\ntwo\n\nthr\xc3\xa4 e";
        for (std::size_t piece = 1; piece <= all.size(); ++piece) {
            output_buffer out(1 << 20, 100);
            for (std::size_t at = 0; at < all.size(); at += piece) out.append(std::string_view(all).substr(at, piece));
            CHECK(out.read(0, 10).lines == strings{"one", "two", ""});
            out.finish();
            CHECK(out.read(0, 10).lines == strings{"one", "two", "", "thr\xc3\xa4 e"});
        }
    }

    TEST_CASE("a reader that goes on from its cursor sees each line exactly once") {
        output_buffer out(1 << 20, 100);
        strings seen;
        std::uint64_t cursor = 0;
        for (int i = 0; i < 100; ++i) {
            out.append(numbered(3 * i, 3 * i + 3));
            auto const got = out.read(cursor, 2);
            CHECK(out.read(cursor, 2).lines == got.lines);
            seen.insert(seen.end(), got.lines.begin(), got.lines.end());
            cursor = got.next;
        }
        auto const rest = out.read(cursor, 1000);
        seen.insert(seen.end(), rest.lines.begin(), rest.lines.end());
        REQUIRE(seen.size() == 300);
        for (int i = 0; i < 300; ++i) CHECK(seen[i] == "line " + std::to_string(i));
    }

    TEST_CASE("of a long output the beginning and the end stay, with a mark between") {
        output_buffer out(20 * 40, 100);
        out.append(numbered(0, 1000));
        auto const all = out.read(0, 10000);
        CHECK(all.truncated);
        CHECK(all.next == 1000);
        CHECK(all.lines.front() == "line 0");
        CHECK(all.lines.back() == "line 999");
        CHECK(all.lines.size() <= 21);
        auto const mark = std::find_if(all.lines.begin(), all.lines.end(), [](auto const& l) { return l.find("left out") != l.npos; });
        REQUIRE(mark != all.lines.end());
        CHECK(*mark == "… " + std::to_string(1000 - (all.lines.size() - 1)) + " lines left out …");
    }

    TEST_CASE("one line at a time, the mark is a step of its own and nothing is repeated") {
        output_buffer out(20 * 40, 100);
        out.append(numbered(0, 1000));
        strings seen;
        for (std::uint64_t cursor = 0; cursor < out.size();) {
            auto const got = out.read(cursor, 1);
            REQUIRE(got.lines.size() == 1);
            seen.push_back(got.lines[0]);
            REQUIRE(got.next > cursor);
            cursor = got.next;
        }
        CHECK(seen == out.read(0, 10000).lines);
    }

    TEST_CASE("a line that is too long is cut, the next one is not") {
        output_buffer out(1 << 20, 10);
        for (int i = 0; i < 1000; ++i) out.append("0123456789abcdef");
        out.append("\nshort\n");
        CHECK(out.read(0, 10).lines == strings{"0123456789 …(line cut)", "short"});
        output_buffer wide(1 << 20, 10);
        wide.append("123456789\xe2\x82\xac!\n");  // the euro sign lies across the cut
        CHECK(wide.read(0, 1).lines == strings{"123456789 …(line cut)"});
    }

    TEST_CASE("a flood of empty lines does not grow without bound") {
        output_buffer out(64 * 1024, 100);
        for (int i = 0; i < 1000; ++i) out.append(std::string(1000, '\n'));
        CHECK(out.size() == 1000000);
        CHECK(out.read(0, 1000000).lines.size() <= 64 * 1024 / 32 + 1);
    }

    TEST_CASE("what is taken for storing is everything that is kept, once") {
        output_buffer out(20 * 40, 100);
        strings stored;
        std::uint64_t end = 0;
        auto const store = [&](line_block const& block) {
            CHECK(block.first >= end);
            end = block.end();
            stored.insert(stored.end(), block.lines.begin(), block.lines.end());
        };
        for (int i = 0; i < 100; ++i) {
            out.append(numbered(i * 10, i * 10 + 10));
            if (auto const block = out.take_head(16)) store(*block);
        }
        out.finish();
        while (auto const block = out.take_head(16)) store(*block);
        for (auto const& block : out.take_tail(16)) store(block);
        auto kept = out.read(0, 10000).lines;
        std::erase_if(kept, [](auto const& l) { return l.find("left out") != l.npos; });
        CHECK(stored == kept);
        CHECK(end == out.size());
    }

    TEST_CASE("what is not UTF-8 is replaced byte by byte") {
        CHECK(to_utf8("a\xff\xc3(\xe2\x82") == "a\xef\xbf\xbd\xef\xbf\xbd(\xef\xbf\xbd\xef\xbf\xbd");
        CHECK(to_utf8(std::string_view("\0", 1)) == "\xef\xbf\xbd");
        CHECK(to_utf8("\xed\xa0\x80") == "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");  // a surrogate
        CHECK(to_utf8("\xc0\xaf") == "\xef\xbf\xbd\xef\xbf\xbd");                  // overlong
        CHECK(to_utf8("\xf0\x9f\x98\x80 \xe2\x82\xac") == "\xf0\x9f\x98\x80 \xe2\x82\xac");
    }

    TEST_CASE("the last lines are those that are there now") {
        output_buffer out(1 << 20, 100);
        CHECK(out.last(3).lines.empty());
        out.append(numbered(0, 10));
        CHECK(out.last(3).lines == strings{"line 7", "line 8", "line 9"});
        CHECK(out.last(100).lines.size() == 10);
    }
}
