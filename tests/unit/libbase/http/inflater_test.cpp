// SPDX-License-Identifier: Apache-2.0
#include "http/inflater.hpp"

#include <doctest/doctest.h>

#include <string>

#include "http/compressed.hpp"

namespace base = chatrixcd::base;
namespace http = chatrixcd::base::http;
namespace test = chatrixcd::test;
using coding = http::inflater::coding;

namespace {

// Everything that `packed` stands for, fed `piece` bytes at a time and taken `most` at a time; "refused" or "cut" if it is that.
std::string inflated(coding which, std::string const& packed, std::size_t piece = 1U << 30U, std::size_t most = 65536) {
    http::inflater inflating(which);
    std::string all;
    for (std::size_t at = 0; at < packed.size(); at += std::min(piece, packed.size() - at)) {
        std::string input = packed.substr(at, piece);
        for (;;) {
            auto const made = inflating.next(input, most);
            if (!made) {
                CHECK(made.error().kind() == base::error_kind::protocol);
                return "refused";
            }
            CHECK(made->size() <= most);
            if (made->empty()) break;
            all += *made;
        }
        CHECK(input.empty());
    }
    return inflating.may_end() ? all : "cut";
}

std::string text_of(std::size_t size) {
    std::string text(size, '\0');
    for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>((i * i) % 251);
    return text;
}

}  // namespace

TEST_SUITE("base::http::inflater") {
    TEST_CASE("what was compressed comes out again, in whatever pieces it goes in and is taken") {
        auto const text = text_of(3000);
        for (std::size_t piece = 1; piece < 40; ++piece) {
            for (std::size_t const most : {1U, 7U, 65536U}) {
                CHECK(inflated(coding::gzip, test::gzip(text), piece, most) == text);
                CHECK(inflated(coding::deflate, test::zlib(text), piece, most) == text);
            }
        }
        CHECK(inflated(coding::gzip, test::gzip("")).empty());
        CHECK(inflated(coding::gzip, "").empty());
        std::string const zeros(10U << 20U, '\0');
        CHECK(inflated(coding::gzip, test::gzip(zeros)) == zeros);
    }

    TEST_CASE("members of a gzip stream follow one another, a zlib stream stands alone") {
        auto const two = test::gzip("hello ") + test::gzip("") + test::gzip("world");
        for (std::size_t piece = 1; piece <= two.size(); ++piece) CHECK(inflated(coding::gzip, two, piece) == "hello world");
        CHECK(inflated(coding::deflate, test::zlib("hello") + test::zlib("world")) == "refused");
    }

    TEST_CASE("a stream that is cut at any byte cannot end there") {
        auto const packed = test::gzip("hello world");
        for (std::size_t length = 1; length < packed.size(); ++length) CHECK(inflated(coding::gzip, packed.substr(0, length)) == "cut");
        CHECK(inflated(coding::gzip, test::gzip("hello") + packed.substr(0, 5)) == "cut");
    }

    TEST_CASE("a stream with a wrong header, content, checksum or length is refused, and so is what follows it") {
        auto const packed = test::gzip(text_of(500));
        for (std::size_t const at : {std::size_t{0}, std::size_t{2}, packed.size() - 8, packed.size() - 1}) {
            auto broken = packed;
            broken[at] = static_cast<char>(broken[at] ^ 0x55);
            CHECK(inflated(coding::gzip, broken) == "refused");
        }
        CHECK(inflated(coding::gzip, packed + "garbage") == "refused");
        CHECK(inflated(coding::gzip, test::zlib("hello")) == "refused");
        CHECK(inflated(coding::deflate, packed) == "refused");
    }
}
