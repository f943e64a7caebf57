// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <string>

#include <chatrixcd/base/url.hpp>

namespace base = chatrixcd::base;

TEST_SUITE("base::url") {
    TEST_CASE("a URL is taken apart, and written again in its shortest form") {
        auto const plain = base::parse_url("HTTP://Example.ORG").value();
        CHECK_FALSE(plain.tls);
        CHECK(plain.host == "example.org");
        CHECK(plain.port == 80);
        CHECK(plain.target == "/");
        CHECK(plain.str() == "http://example.org/");

        auto const full = base::parse_url("https://a.b:8448/x/%21y?z=1&w=%20#part").value();
        CHECK(full.tls);
        CHECK(full.port == 8448);
        CHECK(full.target == "/x/%21y?z=1&w=%20");
        CHECK(full.authority() == "a.b:8448");

        CHECK(base::parse_url("https://a.b:443?q").value().str() == "https://a.b/?q");
    }

    TEST_CASE("an IPv6 address loses its brackets, and gets them back") {
        auto const parsed = base::parse_url("http://[::1]:81/a").value();
        CHECK(parsed.host == "::1");
        CHECK(parsed.authority() == "[::1]:81");
        CHECK(parsed.str() == "http://[::1]:81/a");
    }

    TEST_CASE("what is no http URL is refused with the reason") {
        for (auto const* text : {"",
                                 "example.org",
                                 "ftp://a",
                                 "http://",
                                 "http:///x",
                                 "http://a b/",
                                 "http://a:0",
                                 "http://a:65536",
                                 "http://a:x",
                                 "http://a:",
                                 "http://user@a/",
                                 "http://user:pw@a/",
                                 "http://[::1/",
                                 "http://[::g]/",
                                 "http://[::1]x/",
                                 "http://[1.2.3.4]/",
                                 "http://a..b/",
                                 "http://.a/",
                                 "http://a/%",
                                 "http://a/%4",
                                 "http://a/%zz",
                                 "http://a/b c",
                                 "http://a/\r\nX: y",
                                 "http://a/<",
                                 "http://\xC3\xA4/",
                                 "http://a%41/",
                                 "http://a/\x7F"}) {
            CAPTURE(text);
            auto const parsed = base::parse_url(text);
            REQUIRE_FALSE(parsed.has_value());
            CHECK(parsed.error().kind() == base::error_kind::invalid);
        }
        CHECK_FALSE(base::parse_url("http://a/" + std::string(9000, 'x')).has_value());
        CHECK(base::parse_url("http://user:hunter2@a/").error().describe().find("hunter2") == std::string::npos);
    }

    TEST_CASE("percent-encoding leaves only unreserved characters, and decoding undoes it for every byte") {
        CHECK(base::percent_encode("!room:example.org/a b~") == "%21room%3Aexample.org%2Fa%20b~");
        std::string all;
        for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
        CHECK(base::percent_decode(base::percent_encode(all)).value() == all);
        CHECK(base::percent_decode("a+b").value() == "a+b");
        CHECK(base::percent_decode("a+b%2B", /*plus_is_space=*/true).value() == "a b+");
        for (auto const* broken : {"%", "%a", "a%", "%4g", "%%41"}) CHECK_FALSE(base::percent_decode(broken).has_value());
    }

    TEST_CASE("a query becomes pairs in order, and broken escapes stay as they are") {
        auto const parsed = base::parse_query("a=1&b=x%20y+z&&c&a=%zz&=v&d=1=2");
        base::query_parameters const expected = {{"a", "1"}, {"b", "x y z"}, {"c", ""}, {"a", "%zz"}, {"", "v"}, {"d", "1=2"}};
        CHECK(parsed == expected);
        CHECK(base::parse_query("").empty());
    }

    TEST_CASE("what format_query writes, parse_query reads") {
        base::query_parameters const given = {{"a b", "1&2=3"}, {"%", "+"}, {"", ""}};
        CHECK(base::parse_query(base::format_query(given)) == given);
    }
}
