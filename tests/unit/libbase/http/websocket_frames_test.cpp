// SPDX-License-Identifier: Apache-2.0
// The examples of RFC 6455, section 5.7, and what must be refused.
#include <doctest/doctest.h>

#include <string>

#include <support/results.hpp>

#include "http/websocket_frames.hpp"
#include "http/websocket_handshake.hpp"

using namespace chatrixcd::base::http;
namespace base = chatrixcd::base;
using namespace std::string_literals;

namespace {

std::string const masked_hello = "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"s;
frame_mask const mask_of_the_rfc = {'\x37', '\xfa', '\x21', '\x3d'};

base::error_kind refusal_of(std::string const& bytes, bool masked = false) {
    frame_reader reader(masked, 1000);
    reader.feed(bytes);
    auto const next = reader.next();
    REQUIRE_FALSE(next.has_value());
    return next.error().kind();
}

frame read_one(std::string const& bytes, bool masked = false) {
    frame_reader reader(masked, 100000);
    reader.feed(bytes);
    auto const next = reader.next();
    REQUIRE(next.has_value());
    REQUIRE(next->has_value());
    return **next;
}

}  // namespace

TEST_SUITE("base::http::websocket_frames") {
    TEST_CASE("a text is written and read as in the specification's examples") {
        CHECK(frame_bytes(opcode::text, "Hello", std::nullopt) == "\x81\x05Hello");
        CHECK(frame_bytes(opcode::text, "Hello", mask_of_the_rfc) == masked_hello);
        CHECK(read_one("\x81\x05Hello").payload == "Hello");
        CHECK(read_one(masked_hello, /*masked=*/true).payload == "Hello");
    }

    TEST_CASE("lengths are written in one, three or nine bytes") {
        CHECK(frame_bytes(opcode::text, std::string(125, 'a'), std::nullopt).size() == 2 + 125);
        CHECK(frame_bytes(opcode::text, std::string(126, 'a'), std::nullopt).size() == 4 + 126);
        CHECK(frame_bytes(opcode::text, std::string(65535, 'a'), std::nullopt).size() == 4 + 65535);
        CHECK(frame_bytes(opcode::text, std::string(65536, 'a'), std::nullopt).size() == 10 + 65536);
        for (std::size_t const size : {0U, 1U, 125U, 126U, 65535U, 65536U}) {
            std::string const text(size, 'x');
            CHECK(read_one(frame_bytes(opcode::text, text, std::nullopt)).payload == text);
            CHECK(read_one(frame_bytes(opcode::text, text, mask_of_the_rfc), /*masked=*/true).payload == text);
        }
    }

    TEST_CASE("frames are found in whatever pieces they come") {
        auto const bytes = "\x01\x03Hel\x89\x02hi\x80\x02lo"s;
        frame_reader reader(/*masked=*/false, 100);
        std::string seen;
        for (char const c : bytes) {
            reader.feed({&c, 1});
            auto const next = reader.next();
            REQUIRE(next.has_value());
            if (*next) seen += (*next)->payload + ((*next)->is_last ? "." : "-");
        }
        CHECK(seen == "Hel-hi.lo.");
    }

    TEST_CASE("what the protocol forbids is refused") {
        CHECK(refusal_of("\xc1\x00"s) == base::error_kind::protocol);                       // an extension
        CHECK(refusal_of("\x83\x00"s) == base::error_kind::protocol);                       // an unknown kind
        CHECK(refusal_of("\x8b\x00"s) == base::error_kind::protocol);                       // and of control frames
        CHECK(refusal_of("\x09\x00"s) == base::error_kind::protocol);                       // a split ping
        CHECK(refusal_of("\x89\x7e\x00\x80"s) == base::error_kind::protocol);               // a long ping
        CHECK(refusal_of("\x81\x7e\x00\x05Hello"s) == base::error_kind::protocol);          // a length longer than need be
        CHECK(refusal_of(masked_hello) == base::error_kind::protocol);                      // a server that masks
        CHECK(refusal_of("\x81\x05Hello", /*masked=*/true) == base::error_kind::protocol);  // a client that does not
        CHECK(refusal_of("\x81\x7f\xff\xff\xff\xff\xff\xff\xff\xff"s) == base::error_kind::too_large);
        CHECK(refusal_of("\x81\x7e\x03\xe9"s) == base::error_kind::too_large);  // before the bytes themselves come
    }

    TEST_CASE("the key of the specification's example is answered as there") {
        CHECK(websocket_accept("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }

    TEST_CASE("a server's switch is believed only if it is whole") {
        auto const key = "dGhlIHNhbXBsZSBub25jZQ=="s;
        auto const good =
            "HTTP/1.1 101 Switching Protocols\r\nupgrade: WebSocket\r\nConnection: keep-alive, Upgrade\r\n"
            "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"s;
        CHECK(is_switching(good));
        CHECK(check_switching(good, key));
        CHECK_FALSE(check_switching(good, "AAAAAAAAAAAAAAAAAAAAAA=="));
        CHECK_FALSE(is_switching("HTTP/1.1 200 OK\r\n\r\n"));
        auto without = [&](std::string const& part, std::string const& by) {
            auto changed = good;
            changed.replace(changed.find(part), part.size(), by);
            return check_switching(changed, key);
        };
        CHECK_FALSE(without("WebSocket", "h2c"));
        CHECK_FALSE(without("keep-alive, Upgrade", "close"));
        CHECK_FALSE(without("\r\n\r\n", "\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n"));
    }
}
