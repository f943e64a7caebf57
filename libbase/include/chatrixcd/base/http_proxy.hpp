// SPDX-License-Identifier: Apache-2.0
// Which requests go by way of a proxy. Proxies are spoken to without TLS: CONNECT for https, whole URLs for http.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <chatrixcd/base/error.hpp>
#include <chatrixcd/base/secret.hpp>
#include <chatrixcd/base/url.hpp>

namespace chatrixcd::base::http {

class proxy_server {
public:
    proxy_server() = default;
    std::string host;
    std::uint16_t port = 0;
    secret authorization;  // the value of Proxy-Authorization; empty if there are no credentials

    std::string name() const;  // "proxy.example.org:3128": for messages, without the credentials
};

// Hosts that are reached directly. Entries are separated by commas or spaces, each with an optional ":port": "example.org" (and its
// subdomains), ".example.org" or "*.example.org" (its subdomains alone), an address, a network as "10.0.0.0/8" or "fd00::/8" (for
// hosts given as addresses; no name is looked up), "*" (every host). What is none of these is ignored.
class proxy_exceptions {
public:
    proxy_exceptions() = default;
    explicit proxy_exceptions(std::string_view list);
    bool contains(url const& target) const;

private:
    struct entry {
        std::string name;  // lower case; empty for an address
        bool subdomains_only = false;
        std::string network;  // "10.0.0.0/8"
        std::optional<std::uint16_t> port;
    };
    static std::optional<entry> read(std::string_view text);
    static bool matches(entry const& one, url const& target);

    bool everything_ = false;
    std::vector<entry> entries_;
};

// Reads a variable of the environment; nothing if it is not set.
using variable_lookup = std::function<std::optional<std::string>(std::string const& name)>;

class proxy_settings {
public:
    // No proxy.
    proxy_settings() = default;

    // One for everything but `except`: "http://user:password@proxy.example.org:3128", of which only host and port are needed. The
    // credentials may be percent-encoded. Errors, without the URL in them: invalid, unsupported (another scheme).
    static result<proxy_settings> from_url(std::string_view url, proxy_exceptions except = {});
    // The usual variables: https_proxy or HTTPS_PROXY for https, http_proxy for http (not HTTP_PROXY, which a web server may fill with
    // what a client sent), all_proxy or ALL_PROXY for what is left, no_proxy or NO_PROXY for the exceptions. An empty one counts as
    // not set. Errors as above, naming the variable.
    static result<proxy_settings> from_environment(variable_lookup const& lookup);

    // Null: directly. So it is for localhost and loopback addresses always: a proxy would look for them on its own machine.
    proxy_server const* proxy_for(url const& target) const;

private:
    std::optional<proxy_server> http_;
    std::optional<proxy_server> https_;
    proxy_exceptions except_;
};

}  // namespace chatrixcd::base::http
