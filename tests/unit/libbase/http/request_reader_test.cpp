// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <string>

#include "http/request_reader.hpp"

namespace http = chatrixcd::base::http;

namespace {

constexpr std::size_t max_header = 1000;
constexpr std::size_t max_body = 100;

// The status that refuses the bytes, 0 if they are taken.
unsigned refusal(std::string const& bytes) {
    http::request_reader reader(max_header, max_body);
    return reader.feed(bytes);
}

std::string with_fields(std::string const& fields) { return "POST / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n"; }

}  // namespace

TEST_SUITE("base::http::request_reader") {
    TEST_CASE("a request is the same in whatever pieces it comes") {
        std::string const texts[] = {
            "PUT /a?b HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nX-Y: z\r\n\r\nhello",
            "PUT /a?b HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nX-Y: z\r\n\r\n2;e=1\r\nhe\r\n3\r\nllo\r\n0\r\nT: t\r\n\r\n",
            "PUT /a?b HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nX-Y: z\r\n\r\n0\r\n\r\n"};
        for (auto const& text : texts) {
            for (std::size_t piece = 1; piece <= text.size(); ++piece) {
                CAPTURE(piece);
                http::request_reader reader(max_header, max_body);
                CHECK(reader.idle());
                for (std::size_t at = 0; at < text.size(); at += piece) {
                    CHECK_FALSE(reader.complete());
                    REQUIRE(reader.feed(text.substr(at, piece)) == 0);
                    CHECK_FALSE(reader.idle());
                }
                REQUIRE(reader.complete());
                CHECK(reader.keep_alive());
                auto const r = reader.take();
                CHECK(r.verb == http::method::put);
                CHECK(r.url == "/a?b");
                CHECK(r.headers.get("x-y") == "z");
                CHECK(r.body == (&text == &texts[2] ? "" : "hello"));
            }
        }
    }

    TEST_CASE("requests sent at once are read one after another") {
        std::string const first = "POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab";
        std::string const second = "GET /2 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
        http::request_reader reader(max_header, max_body);
        REQUIRE(reader.feed(first + second + "GET /3 HT") == 0);
        CHECK(reader.take().body == "ab");
        REQUIRE(reader.next() == 0);
        REQUIRE(reader.complete());
        CHECK_FALSE(reader.keep_alive());
        CHECK(reader.take().url == "/2");
        REQUIRE(reader.next() == 0);
        CHECK_FALSE(reader.complete());
        CHECK_FALSE(reader.idle());
    }

    TEST_CASE("what could be understood in two ways is refused") {
        CHECK(refusal(with_fields("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n")) == 400);
        CHECK(refusal(with_fields("Transfer-Encoding: chunked\r\nContent-Length: 1\r\n")) == 400);
        CHECK(refusal(with_fields("Content-Length: 1\r\nContent-Length: 2\r\n")) == 400);
        CHECK(refusal(with_fields("Content-Length: -1\r\n")) == 400);
        CHECK(refusal(with_fields("Content-Length: 0x1\r\n")) == 400);
        CHECK(refusal(with_fields("Transfer-Encoding: gzip\r\n")) == 501);
        CHECK(refusal(with_fields("Transfer-Encoding: chunked, gzip\r\n")) == 501);
        CHECK(refusal(with_fields("Host: b\r\n")) == 400);
        CHECK(refusal("GET / HTTP/1.1\r\n\r\n") == 400);
        CHECK(refusal(with_fields("A : b\r\n")) == 400);
        CHECK(refusal(with_fields("Transfer-Encoding: chunked\r\n") + "x\r\n") == 400);
    }

    TEST_CASE("garbage, unknown methods, targets and expectations are refused") {
        CHECK(refusal("hello\r\n\r\n") == 400);
        CHECK(refusal(std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc", 9)) == 400);
        CHECK(refusal("GET / HTTP/2.0\r\nHost: a\r\n\r\n") == 400);
        CHECK(refusal("BREW / HTTP/1.1\r\nHost: a\r\n\r\n") == 501);
        CHECK(refusal("GET a HTTP/1.1\r\nHost: a\r\n\r\n") == 400);
        CHECK(refusal("GET * HTTP/1.1\r\nHost: a\r\n\r\n") == 400);
        CHECK(refusal("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n") == 0);
        CHECK(refusal(with_fields("Expect: tea\r\n")) == 417);
    }

    TEST_CASE("a whole URL as the target is cut to its path") {
        http::request_reader reader(max_header, max_body);
        REQUIRE(reader.feed("GET http://a/b?c HTTP/1.1\r\nHost: a\r\n\r\n") == 0);
        CHECK(reader.take().url == "/b?c");
    }

    TEST_CASE("every part has its cap") {
        CHECK(refusal(with_fields("X: " + std::string(2000, 'x') + "\r\n")) == 431);
        CHECK(refusal("GET /" + std::string(2000, 'x')) == 431);
        CHECK(refusal(with_fields("Content-Length: 100\r\n")) == 0);
        CHECK(refusal(with_fields("Content-Length: 101\r\n")) == 413);
        CHECK(refusal(with_fields("Content-Length: 18446744073709551615\r\n")) == 413);
        auto const chunk = "32\r\n" + std::string(50, 'x') + "\r\n";
        auto const chunked = with_fields("Transfer-Encoding: chunked\r\n");
        CHECK(refusal(chunked + chunk + chunk + "0\r\n\r\n") == 0);
        CHECK(refusal(chunked + chunk + chunk + "1\r\n") == 413);
        CHECK(refusal(chunked + "1;" + std::string(2000, 'x')) == 431);
        CHECK(refusal(chunked + "0\r\nX: " + std::string(2000, 'x')) == 431);
    }

    TEST_CASE("a client that waits for leave to send its body is noticed, until the body comes") {
        http::request_reader reader(max_header, max_body);
        REQUIRE(reader.feed(with_fields("Content-Length: 2\r\nExpect: 100-Continue\r\n")) == 0);
        REQUIRE(reader.header_complete());
        CHECK(reader.expects_continue());
        REQUIRE(reader.feed("ab") == 0);
        CHECK_FALSE(reader.expects_continue());
    }
}
