// SPDX-License-Identifier: Apache-2.0
// The watch sees what it is there for.
#include "encrypted/wire_watch.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <span>
#include <string>

#include <chatrixcd/protocol/base64.hpp>

namespace chatrixcd::test {

namespace {

base::http::request request(std::string url, std::string body) {
    base::http::request made(base::http::method::put, std::move(url));
    made.body = std::move(body);
    return made;
}

std::string base64(std::string const& bytes) { return protocol::encode_base64(std::as_bytes(std::span(bytes.data(), bytes.size()))); }

// What is not looked at, the text but for itself and what proves it, is of one letter.
base::http::request room_message(char index, std::string const& text) {
    auto const bytes = std::string("\x03\x08") + index + "\x12" + static_cast<char>(text.size()) + text + std::string(72, 's');
    return request("https://h/_matrix/client/v3/rooms/!r/send/m.room.encrypted/t",
                   R"({"session_id":"one","ciphertext":")" + base64(bytes) + "\"}");
}
base::http::request device_message(char index, std::string const& text) {
    auto const bytes = std::string("\x03\x0a\x02rk\x10") + index + "\x22" + static_cast<char>(text.size()) + text + std::string(8, 'm');
    return request(
        "https://h/_matrix/client/v3/sendToDevice/m.room.encrypted/t",
        R"({"messages":{"@a:b":{"D":{"sender_key":"mine","ciphertext":{"theirs":{"type":1,"body":")" + base64(bytes) + R"("}}}}}})");
}
base::http::request upload(std::string const& key) {
    return request("https://h/_matrix/client/v3/keys/upload",
                   R"({"one_time_keys":{"signed_curve25519:A":{"key":")" + key + R"(","signatures":{"@a:b":{"ed25519:D":"s"}}}}})");
}

}  // namespace

TEST_SUITE("encrypted lives: the watch") {
    TEST_CASE("the same again is no trouble, and neither is another index") {
        wire_watch watch("mystery");
        watch.see(room_message(1, "text"));
        watch.see(room_message(1, "text"));
        watch.see(room_message(2, "other"));
        watch.see(device_message(1, "text"));
        watch.see(device_message(1, "text"));
        watch.see(device_message(2, "other"));
        watch.see(upload("key"));
        watch.see(upload("key"));
        CHECK(watch.complaints().empty());
        CHECK(watch.sealed() == 4);
    }

    TEST_CASE("one index for two texts, one id for two keys, and anything in clear is told of") {
        wire_watch watch("mystery");
        watch.see(room_message(1, "text"));
        watch.see(room_message(1, "other"));
        CHECK(watch.complaints().size() == 1);
        watch.see(device_message(1, "text"));
        watch.see(device_message(1, "other"));
        CHECK(watch.complaints().size() == 2);
        watch.see(upload("key"));
        watch.see(upload("another"));
        CHECK(watch.complaints().size() == 3);
        watch.see(request("https://h/_matrix/client/v3/rooms/!r/send/m.room.message/t", "{}"));
        CHECK(watch.complaints().size() == 4);
        watch.see(request("https://h/anything", "a mystery"));
        CHECK(watch.complaints().size() == 5);
        watch.see(request("https://h/_matrix/client/v3/rooms/!r/send/m.room.encrypted/t", R"({"ciphertext":"nonsense"})"));
        CHECK(watch.complaints().size() == 6);
    }
}

}  // namespace chatrixcd::test
