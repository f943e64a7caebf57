// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <map>
#include <string>

#include <chatrixcd/base/http_proxy.hpp>

namespace base = chatrixcd::base;
using base::error_kind;
using base::http::proxy_exceptions;
using base::http::proxy_settings;

namespace {

using variables = std::map<std::string, std::string>;

base::result<proxy_settings> from(variables const& set) {
    return proxy_settings::from_environment([&set](std::string const& name) -> std::optional<std::string> {
        auto const found = set.find(name);
        if (found == set.end()) return std::nullopt;
        return found->second;
    });
}

// The proxy's name, or "direct".
std::string way(proxy_settings const& settings, std::string const& url) {
    auto const* proxy = settings.proxy_for(base::parse_url(url).value());
    return proxy == nullptr ? "direct" : proxy->name();
}

bool excepts(std::string const& list, std::string const& url) { return proxy_exceptions(list).contains(base::parse_url(url).value()); }

}  // namespace

TEST_SUITE("base::http::proxy_settings") {
    TEST_CASE("without variables every connection is direct") {
        CHECK(way(from({}).value(), "https://example.org") == "direct");
        CHECK(way(proxy_settings(), "http://example.org") == "direct");
        CHECK(way(from({{"https_proxy", ""}, {"no_proxy", "x"}}).value(), "https://example.org") == "direct");
    }

    TEST_CASE("each scheme has its variable, the small one first, and all_proxy takes what is left") {
        auto const both = from({{"https_proxy", "http://secure:1"}, {"http_proxy", "http://plain:2"}}).value();
        CHECK(way(both, "https://example.org") == "secure:1");
        CHECK(way(both, "http://example.org") == "plain:2");
        CHECK(way(from({{"https_proxy", "small:1"}, {"HTTPS_PROXY", "large:1"}}).value(), "https://example.org") == "small:1");
        CHECK(way(from({{"https_proxy", ""}, {"HTTPS_PROXY", "large:1"}}).value(), "https://example.org") == "large:1");
        auto const rest = from({{"https_proxy", "secure:1"}, {"all_proxy", "rest:3"}}).value();
        CHECK(way(rest, "https://example.org") == "secure:1");
        CHECK(way(rest, "http://example.org") == "rest:3");
        CHECK(way(from({{"ALL_PROXY", "rest:3"}}).value(), "https://example.org") == "rest:3");
    }

    TEST_CASE("HTTP_PROXY, which a client of a web server can set, is not heard") {
        CHECK(way(from({{"HTTP_PROXY", "evil:1"}}).value(), "http://example.org") == "direct");
    }

    TEST_CASE("a proxy is a host, with a port, a scheme and credentials where there are some") {
        CHECK(way(from({{"http_proxy", "proxy.example"}}).value(), "http://example.org") == "proxy.example:80");
        CHECK(way(from({{"http_proxy", "HTTP://[::2]:8080/"}}).value(), "http://example.org") == "[::2]:8080");
        auto const settings = from({{"http_proxy", "http://user:p%40ss%3Aw@proxy:8080"}}).value();
        auto const* proxy = settings.proxy_for(base::parse_url("http://example.org").value());
        REQUIRE(proxy != nullptr);
        CHECK(proxy->name() == "proxy:8080");
        CHECK(proxy->authorization.reveal() == "Basic dXNlcjpwQHNzOnc=");
        CHECK(proxy_settings::from_url("http://user@proxy:1")
                  .value()
                  .proxy_for(base::parse_url("https://a.b").value())
                  ->authorization.reveal() == "Basic dXNlcjo=");
    }

    TEST_CASE("a proxy that cannot be used is refused by the variable's name, and nothing of its URL is told") {
        for (auto const* url : {"http://user:hunter2@", "http://user:hunter2@proxy:99999", "http://user:hunter%@proxy:1",
                                "http://user:hunter2@pro xy:1", "http://us%3Aer:hunter2@proxy:1"}) {
            CAPTURE(url);
            auto const refused = from({{"https_proxy", url}});
            REQUIRE_FALSE(refused.has_value());
            CHECK(refused.error().kind() == error_kind::invalid);
            CHECK(refused.error().message().find("https_proxy") != std::string::npos);
            CHECK(refused.error().describe().find("hunter") == std::string::npos);
        }
        for (auto const* url : {"socks5://hunter2@proxy:1080", "https://user:hunter2@proxy:443"}) {
            auto const refused = proxy_settings::from_url(url);
            REQUIRE_FALSE(refused.has_value());
            CHECK(refused.error().kind() == error_kind::unsupported);
            CHECK(refused.error().describe().find("hunter") == std::string::npos);
        }
    }

    TEST_CASE("this machine is never looked for by a proxy") {
        auto const settings = from({{"all_proxy", "proxy:1"}}).value();
        for (auto const* url : {"http://localhost:8008", "http://a.localhost", "https://127.0.0.1", "https://127.9.9.9", "http://[::1]:80"})
            CHECK(way(settings, url) == "direct");
        CHECK(way(settings, "http://localhost.example.org") == "proxy:1");
    }

    TEST_CASE("exceptions are hosts with their subdomains, suffixes, addresses, networks, ports and the star") {
        auto const settings = from({{"all_proxy", "proxy:1"}, {"NO_PROXY", "example.org, other.test"}}).value();
        CHECK(way(settings, "https://example.org") == "direct");
        CHECK(way(settings, "https://other.test") == "direct");
        CHECK(way(settings, "https://third.test") == "proxy:1");

        CHECK(excepts("*", "https://anything.test"));
        CHECK_FALSE(excepts("", "https://anything.test"));
        CHECK(excepts("Example.ORG", "https://matrix.example.org"));
        CHECK_FALSE(excepts("example.org", "https://badexample.org"));
        for (auto const* suffix : {".example.org", "*.example.org"}) {
            CHECK(excepts(suffix, "https://matrix.example.org"));
            CHECK_FALSE(excepts(suffix, "https://example.org"));
        }
        CHECK(excepts("example.org:8448", "https://example.org:8448"));
        CHECK_FALSE(excepts("example.org:8448", "https://example.org"));
        CHECK(excepts("192.0.2.7", "http://192.0.2.7:81"));
        CHECK_FALSE(excepts("192.0.2.7", "http://192.0.2.70"));
        CHECK(excepts("192.0.2.7:81", "http://192.0.2.7:81"));
        CHECK_FALSE(excepts("192.0.2.7:81", "http://192.0.2.7"));
        CHECK(excepts("10.0.0.0/8", "http://10.200.3.4"));
        CHECK_FALSE(excepts("10.0.0.0/8", "http://11.0.0.1"));
        CHECK(excepts("fd00::/8", "http://[fd12::1]"));
        CHECK_FALSE(excepts("fd00::/8", "http://[fe80::1]"));
        CHECK(excepts("2001:db8::1", "http://[2001:db8:0::1]"));
        CHECK(excepts("[2001:db8::1]:81", "http://[2001:db8::1]:81"));
        CHECK_FALSE(excepts("10.0.0.0/8", "http://example.org"));
        CHECK_FALSE(excepts("2.7", "http://192.0.2.7"));
    }

    TEST_CASE("exceptions that are none except nothing") {
        for (auto const* list : {"10.0.0.0/99", "example.org:http", ":", "[", "]:", "/", "**", ".", "*.", "[]:80", "a/b", ",,,"}) {
            CAPTURE(list);
            CHECK_FALSE(excepts(list, "https://example.org"));
            CHECK_FALSE(excepts(list, "https://10.0.0.1"));
        }
    }
}
