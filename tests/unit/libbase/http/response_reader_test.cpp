// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <string>

#include "http/compressed.hpp"
#include "http/response_reader.hpp"

namespace base = chatrixcd::base;
namespace http = chatrixcd::base::http;
namespace test = chatrixcd::test;

namespace {

constexpr std::size_t max_body = 100;

base::error_kind refusal(std::string const& bytes) {
    http::response_reader reader(http::method::get, max_body);
    auto const complete = reader.feed(bytes);
    REQUIRE_FALSE(complete.has_value());
    return complete.error().kind();
}

}  // namespace

TEST_SUITE("base::http::response_reader") {
    TEST_CASE("an answer is the same in whatever pieces it comes, behind interim ones too") {
        std::string const texts[] = {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Y: z\r\n\r\nhello",
                                     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-Y: z\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
                                     "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nX-Y: a\r\n\r\nHTTP/1.1 200 OK\r\nX-Y: "
                                     "z\r\nContent-Length: 5\r\n\r\nhello"};
        for (auto const& text : texts) {
            for (std::size_t piece = 1; piece <= text.size(); ++piece) {
                CAPTURE(piece);
                http::response_reader reader(http::method::get, max_body);
                bool complete = false;
                for (std::size_t at = 0; at < text.size(); at += piece) {
                    CHECK_FALSE(complete);
                    complete = reader.feed(text.substr(at, piece)).value();
                }
                REQUIRE(complete);
                CHECK(reader.keep_alive());
                auto const answer = reader.take();
                CHECK(answer.status == 200);
                CHECK(answer.body == "hello");
                CHECK(answer.headers.get("X-y") == "z");
            }
        }
    }

    TEST_CASE("an empty chunked body may come byte by byte") {
        http::response_reader reader(http::method::get, max_body);
        bool complete = false;
        for (char const byte : std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")) {
            complete = reader.feed(std::string(1, byte)).value();
        }
        CHECK(complete);
        CHECK(reader.take().body.empty());
    }

    TEST_CASE("a body without a length ends with the connection, and only such a one") {
        http::response_reader open(http::method::get, max_body);
        CHECK_FALSE(open.feed("HTTP/1.1 200 OK\r\n\r\nhel").value());
        CHECK_FALSE(open.feed("lo").value());
        REQUIRE(open.finish().value());
        CHECK_FALSE(open.keep_alive());
        CHECK(open.take().body == "hello");

        for (auto const* cut : {"", "HTTP/1.1 2", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel",
                                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"}) {
            CAPTURE(cut);
            http::response_reader reader(http::method::get, max_body);
            CHECK_FALSE(reader.feed(cut).value());
            CHECK_FALSE(reader.finish().value());
        }
    }

    TEST_CASE("answers to HEAD, 204 and 304 have no body, whatever they say") {
        http::response_reader head(http::method::head, max_body);
        CHECK(head.feed("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n").value());
        for (auto const* text : {"HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n"}) {
            http::response_reader reader(http::method::get, max_body);
            CHECK(reader.feed(text).value());
        }
    }

    TEST_CASE("the body of a 2xx answer can be taken while it comes, that of another one stays with it") {
        http::response_reader reader(http::method::get, 1U << 20U, /*in_pieces=*/true);
        CHECK_FALSE(reader.feed("HTTP/1.1 200 OK\r\nContent-Length: 200003\r\n").value());
        CHECK_FALSE(reader.in_pieces());
        CHECK_FALSE(reader.feed("\r\nabc").value());
        REQUIRE(reader.in_pieces());
        CHECK(reader.take_piece().value() == "abc");
        CHECK(reader.take_piece().value().empty());
        CHECK(reader.feed(std::string(200000, 'x')).value());
        std::size_t taken = 0;
        for (auto piece = reader.take_piece().value(); !piece.empty(); piece = reader.take_piece().value()) {
            CHECK(piece.size() <= 65536);
            taken += piece.size();
        }
        CHECK(taken == 200000);
        CHECK(reader.keep_alive());
        CHECK(reader.take().body.empty());

        http::response_reader other(http::method::get, max_body, /*in_pieces=*/true);
        CHECK(other.feed("HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno").value());
        CHECK_FALSE(other.in_pieces());
        CHECK(other.take().body == "no");
    }

    TEST_CASE("a compressed answer is the same in whatever pieces it comes, and says nothing of its coding") {
        auto const packed = test::gzip("hello");
        std::string const heads[] = {"Content-Encoding: gzip\r\nContent-Length: " + std::to_string(packed.size()) + "\r\n\r\n",
                                     "Content-Encoding: X-GZIP\r\nTransfer-Encoding: chunked\r\n\r\n"};
        for (auto const& head : heads) {
            bool const chunked = head.find("chunked") != std::string::npos;
            auto const body = chunked ? "19\r\n" + packed + "\r\n0\r\n\r\n" : packed;
            REQUIRE(packed.size() == 0x19);
            auto const text = "HTTP/1.1 200 OK\r\n" + head + body;
            for (std::size_t piece = 1; piece <= text.size(); ++piece) {
                http::response_reader reader(http::method::get, max_body, false, /*decode=*/true);
                bool complete = false;
                for (std::size_t at = 0; at < text.size(); at += piece) complete = reader.feed(text.substr(at, piece)).value();
                REQUIRE(complete);
                auto const answer = reader.take();
                CHECK(answer.body == "hello");
                CHECK_FALSE(answer.headers.get("Content-Encoding"));
                CHECK_FALSE(answer.headers.get("Content-Length"));
            }
        }
        http::response_reader open(http::method::get, max_body, false, /*decode=*/true);
        CHECK_FALSE(open.feed("HTTP/1.1 404 No\r\nContent-Encoding: deflate\r\n\r\n" + test::zlib("lost")).value());
        REQUIRE(open.finish().value());
        CHECK(open.take().body == "lost");
    }

    TEST_CASE("the cap holds for what a compressed answer inflates to, wherever it goes") {
        auto const bomb = test::gzip(std::string(50U << 20U, '\0'));
        auto const head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: " + std::to_string(bomb.size()) + "\r\n\r\n";
        http::response_reader whole(http::method::get, 1U << 20U, false, /*decode=*/true);
        auto const refused = whole.feed(head + bomb);
        REQUIRE_FALSE(refused.has_value());
        CHECK(refused.error().kind() == base::error_kind::too_large);

        http::response_reader streamed(http::method::get, 1U << 20U, /*in_pieces=*/true, /*decode=*/true);
        REQUIRE(streamed.feed(head + bomb).has_value());
        std::size_t taken = 0;
        auto piece = streamed.take_piece();
        for (; piece && !piece->empty(); piece = streamed.take_piece()) taken += piece->size();
        REQUIRE_FALSE(piece.has_value());
        CHECK(piece.error().kind() == base::error_kind::too_large);
        CHECK(taken <= 1U << 20U);
    }

    TEST_CASE("a compressed answer that is cut, corrupt or of an unknown coding is a breach of protocol") {
        auto const packed = test::gzip("hello");
        auto outcome = [](std::string const& coding, std::string const& body, bool in_pieces) {
            http::response_reader reader(http::method::get, max_body, in_pieces, /*decode=*/true);
            auto fed = reader.feed("HTTP/1.1 200 OK\r\nContent-Encoding: " + coding + "\r\n\r\n" + body);
            if (fed) fed = reader.finish();
            if (!fed) return fed.error().kind();
            for (;;) {
                auto const piece = reader.take_piece();
                if (!piece) return piece.error().kind();
                if (piece->empty()) return base::error_kind::internal;
            }
        };
        for (bool const in_pieces : {false, true}) {
            CAPTURE(in_pieces);
            CHECK(outcome("gzip", packed.substr(0, packed.size() - 1), in_pieces) == base::error_kind::protocol);
            CHECK(outcome("gzip", packed + "x", in_pieces) == base::error_kind::protocol);
            CHECK(outcome("gzip", "hello", in_pieces) == base::error_kind::protocol);
            CHECK(outcome("br", "hello", in_pieces) == base::error_kind::protocol);
            CHECK(outcome("gzip, gzip", packed, in_pieces) == base::error_kind::protocol);
        }
    }

    TEST_CASE("no coding is undone where there is no body, none is named, or nobody wants it") {
        http::response_reader head(http::method::head, max_body, false, /*decode=*/true);
        REQUIRE(head.feed("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\n").value());
        CHECK(head.take().headers.get("Content-Encoding") == "gzip");
        http::response_reader empty(http::method::get, max_body, false, /*decode=*/true);
        REQUIRE(empty.feed("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 0\r\n\r\n").value());
        CHECK(empty.take().body.empty());
        http::response_reader plain(http::method::get, max_body, false, /*decode=*/true);
        REQUIRE(plain.feed("HTTP/1.1 200 OK\r\nContent-Encoding: identity\r\nContent-Length: 5\r\n\r\nhello").value());
        CHECK(plain.take().body == "hello");
        http::response_reader refused(http::method::get, max_body, false, /*decode=*/true);
        REQUIRE(refused.feed("HTTP/1.1 502 No\r\nContent-Encoding: br\r\nContent-Length: 5\r\n\r\nhello").value());
        CHECK(refused.take().status == 502);
        http::response_reader raw(http::method::get, max_body);
        REQUIRE(raw.feed("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello").value());
        CHECK(raw.take().body == "hello");
    }

    TEST_CASE("bytes behind the answer spoil the connection, not the answer") {
        http::response_reader reader(http::method::get, max_body);
        REQUIRE(reader.feed("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n\r\n").value());
        CHECK_FALSE(reader.keep_alive());
        CHECK(reader.take().body == "ok");
    }

    TEST_CASE("what is no HTTP is refused as a breach of protocol") {
        CHECK(refusal("SSH-2.0-OpenSSH_9.2\r\n") == base::error_kind::protocol);
        CHECK(refusal("HTTP/1.1 20 OK\r\n\r\n") == base::error_kind::protocol);
        CHECK(refusal("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n") == base::error_kind::protocol);
        CHECK(refusal("HTTP/1.1 101 Switching\r\n\r\n") == base::error_kind::protocol);
        std::string interim;
        for (int i = 0; i < 20; ++i) interim += "HTTP/1.1 100 Continue\r\n\r\n";
        CHECK(refusal(interim) == base::error_kind::protocol);
    }

    TEST_CASE("an alert of TLS is told from what is no HTTP, with what to write") {
        http::response_reader reader(http::method::get, max_body);
        auto const fed = reader.feed(std::string("\x15\x03\x01\x00\x02\x02\x46", 7));
        REQUIRE_FALSE(fed.has_value());
        CHECK(fed.error().kind() == base::error_kind::protocol);
        CHECK(fed.error().describe().find("https://") != std::string::npos);
    }

    TEST_CASE("what is too long is refused as that") {
        std::string const head = "HTTP/1.1 200 OK\r\n";
        CHECK(refusal(head + "Content-Length: 101\r\n\r\n") == base::error_kind::too_large);
        CHECK(refusal(head + "Transfer-Encoding: chunked\r\n\r\n65\r\n") == base::error_kind::too_large);
        CHECK(refusal(head + "\r\n" + std::string(101, 'x')) == base::error_kind::too_large);
        CHECK(refusal(head + "X: " + std::string(70000, 'x')) == base::error_kind::too_large);
        CHECK(refusal(head + "Transfer-Encoding: chunked\r\n\r\n1;" + std::string(70000, 'x')) == base::error_kind::too_large);
    }
}
