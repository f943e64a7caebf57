// SPDX-License-Identifier: Apache-2.0
// URLs of HTTP services, and percent-encoding (RFC 3986).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <chatrixcd/base/error.hpp>

namespace chatrixcd::base {

// An absolute http or https URL, taken apart. Credentials in it are refused; a fragment is dropped.
struct url {
    bool tls = false;
    std::string host;  // lower case; an IPv6 literal without its brackets
    std::uint16_t port = 0;
    std::string target;  // path and query, starts with '/'

    std::string authority() const;  // host, brackets if needed, port if not the scheme's own
    std::string str() const;
};

// Error kind `invalid`, saying what is wrong with it.
result<url> parse_url(std::string_view text);

// One path segment or query value: everything but unreserved characters becomes %XX.
std::string percent_encode(std::string_view text);
// Error kind `invalid` on a broken escape. `plus_is_space` for query strings.
result<std::string> percent_decode(std::string_view text, bool plus_is_space = false);

using query_parameters = std::vector<std::pair<std::string, std::string>>;
// "a=1&b=x%20y" -> pairs in order, broken escapes kept as they are.
query_parameters parse_query(std::string_view query);
std::string format_query(query_parameters const& parameters);

}  // namespace chatrixcd::base
