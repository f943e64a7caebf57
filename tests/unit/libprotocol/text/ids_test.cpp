// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/protocol/ids.hpp>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <unordered_set>

#include "support/results.hpp"

using namespace chatrixcd::protocol;
using chatrixcd::base::error_exception;
using chatrixcd::base::error_kind;

TEST_SUITE("protocol ids") {
    TEST_CASE("server names follow their grammar") {
        // Appendices, "Server Name": the examples, then what the grammar excludes.
        for (auto const* name : {"matrix.org", "matrix.org:8888", "1.2.3.4", "1.2.3.4:1234", "[1234:5678::abcd]", "[1234:5678::abcd]:5678",
                                 "localhost", "UPPER.example"}) {
            CAPTURE(name);
            CHECK(server_name::parse(name));
        }
        for (auto const* name :
             {"", ":80", "a:", "a:123456", "a:8o", "a b", "a_b", "[::1", "::1", "[]", "[::g]", "[::1]x", "a]b:1", "ü.org", "a:1:2"}) {
            CAPTURE(name);
            CHECK_FALSE(server_name::parse(name));
        }
        CHECK(server_name("[::1]:5678").host() == "[::1]");
        CHECK(server_name("[::1]:5678").port() == 5678U);
        CHECK(server_name("[::1]").port() == std::nullopt);
        CHECK(server_name("a.b:1").host() == "a.b");
    }

    TEST_CASE("a user id is split at its first colon") {
        user_id const id("@bot:example.org:8448");
        CHECK(id.localpart() == "bot");
        CHECK(id.server() == server_name("example.org:8448"));
        CHECK(id.is_compliant());
    }

    TEST_CASE("historical user ids are accepted, and known to be historical") {
        for (auto const* id :
             {"@:example.org", "@Upper:example.org", "@with space:example.org", "@\xC3\xBC:example.org", "@a\x01:example.org", "@a@b:c"}) {
            CAPTURE(id);
            auto const parsed = user_id::parse(id);
            REQUIRE(parsed);
            CHECK_FALSE(parsed->is_compliant());
        }
    }

    TEST_CASE("malformed user ids are refused") {
        for (std::string const& id :
             {std::string(), std::string("bot:example.org"), std::string("@bot"), std::string("@bot:"), std::string("#bot:example.org"),
              std::string("@b\0t:example.org", 16), std::string("@\xC0\xAF:example.org"), std::string("@\xED\xA0\x80:example.org"),
              std::string("@bot:exa mple.org"), std::string("@:"), std::string("@")}) {
            CAPTURE(id);
            auto const parsed = user_id::parse(id);
            REQUIRE_FALSE(parsed);
            CHECK(parsed.error().kind() == error_kind::invalid);
        }
    }

    TEST_CASE("an id has at most 255 bytes, not characters") {
        auto const with_length = [](std::size_t bytes) { return "@" + std::string(bytes - 3, 'a') + ":b"; };
        CHECK(user_id::parse(with_length(255)));
        CHECK_FALSE(user_id::parse(with_length(256)));
        std::string umlauts = "@";
        while (umlauts.size() < 254) umlauts += "\xC3\xBC";
        CHECK_FALSE(user_id::parse(umlauts + ":b"));
    }

    TEST_CASE("UTF-8 is checked wherever in a text it stands") {
        // Around every multiple of eight bytes.
        for (std::size_t before = 0; before < 20; ++before) {
            for (std::size_t after = 0; after < 20; ++after) {
                CAPTURE(before);
                CAPTURE(after);
                auto const around = [&](std::string const& middle) {
                    return "$" + std::string(before, 'a') + middle + std::string(after, 'b');
                };
                CHECK(event_id::is_valid(around("\xC3\xA9")));
                CHECK(event_id::is_valid(around("\xF0\x9F\x9A\x80")));
                CHECK_FALSE(event_id::is_valid(around("\xC3")));
                CHECK_FALSE(event_id::is_valid(around("\x80")));
                CHECK_FALSE(event_id::is_valid(around("\xF0\x9F\x9A")));
            }
        }
    }

    TEST_CASE("a malformed literal throws") {
        CHECK_THROWS_AS(user_id("bot"), error_exception);
        CHECK_THROWS_AS(room_id("!"), error_exception);
        CHECK_THROWS_AS(event_id("$"), error_exception);
    }

    TEST_CASE("room ids come with and without a server") {
        CHECK(room_id("!abc:example.org").server() == server_name("example.org"));
        CHECK(room_id("!abc:example.org").localpart() == "abc");
        room_id const hashed("!Nhcu5BS-UMnFX7hBVfVSoXiD7OgH6iRT-xyIuqDnpYQ");
        CHECK_FALSE(hashed.server());
        CHECK(hashed.localpart().size() == 43);
        CHECK_FALSE(room_id::parse("!abc:"));
        CHECK_FALSE(room_id::parse("#abc:example.org"));
    }

    TEST_CASE("aliases need a localpart and a server, event ids neither") {
        CHECK(room_alias("#\xE6\x97\xA5:example.org").server() == server_name("example.org"));
        CHECK_FALSE(room_alias::parse("#:example.org"));
        CHECK_FALSE(room_alias::parse("#abc"));
        CHECK(event_id::parse("$abc/+:x"));
        CHECK_FALSE(event_id::parse("abc"));
        CHECK(device_id::parse("JLAFKJWSCS"));
        CHECK_FALSE(device_id::parse(""));
    }

    TEST_CASE("ids are keys: they compare byte by byte") {
        CHECK(user_id("@a:Example.org") != user_id("@a:example.org"));
        CHECK(user_id("@a:b") < user_id("@b:b"));
        // Bytes are unsigned: U+00FC sorts after every ASCII character.
        CHECK(user_id("@z:b") < user_id("@\xC3\xBC:b"));
        std::unordered_set<event_id> const seen{event_id("$a"), event_id("$b"), event_id("$a")};
        CHECK(seen.size() == 2);
    }

    TEST_CASE("any text parses to itself or is refused") {
        CHECK(rc::check([](std::string text) {
            for (char const sigil : {'@', '!', '#', '$', 'x'}) {
                auto const whole = sigil + text + ":example.org";
                auto const user = user_id::parse(whole);
                RC_ASSERT(user_id::is_valid(whole) == user.has_value());
                RC_ASSERT(event_id::is_valid(whole) == event_id::parse(whole).has_value());
                if (user) {
                    RC_ASSERT(user->str() == whole);
                    RC_ASSERT("@" + std::string(user->localpart()) + ":" + user->server().str() == whole);
                }
                if (auto const alias = room_alias::parse(whole)) RC_ASSERT(!alias->localpart().empty());
                if (auto const room = room_id::parse(whole)) RC_ASSERT(room->server().has_value());
            }
            if (auto const server = server_name::parse(text)) RC_ASSERT(std::string(server->host()).size() <= text.size());
        }));
    }

    TEST_CASE("every compliant user id is accepted") {
        auto const localparts = rc::gen::nonEmpty(rc::gen::container<std::string>(rc::gen::elementOf(std::string("az09.-_=/+"))));
        CHECK(rc::check([&] {
            auto const localpart = (*localparts).substr(0, 200);
            auto const id = user_id::parse("@" + localpart + ":example.org");
            RC_ASSERT(id.has_value());
            RC_ASSERT(id->is_compliant());
            RC_ASSERT(id->localpart() == localpart);
        }));
    }
}
