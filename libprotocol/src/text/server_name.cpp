// SPDX-License-Identifier: Apache-2.0
#include "text/server_name.hpp"

#include <algorithm>

namespace chatrixcd::protocol {

namespace {

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
bool is_hex(char c) noexcept { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool is_alphanumeric(char c) noexcept { return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool is_host(std::string_view host) noexcept {
    if (host.starts_with('[')) {
        if (!host.ends_with(']') || host.size() < 4 || host.size() > 47) return false;
        auto const address = host.substr(1, host.size() - 2);
        return std::ranges::all_of(address, [](char c) { return is_hex(c) || c == ':' || c == '.'; });
    }
    // A dotted quad is also a name by the grammar, so that one test is for both.
    return !host.empty() && host.size() <= 255 &&
           std::ranges::all_of(host, [](char c) { return is_alphanumeric(c) || c == '-' || c == '.'; });
}

}  // namespace

std::size_t host_length(std::string_view name) noexcept {
    auto const bracket = name.find(']');
    auto const colon = name.find(':', bracket == std::string_view::npos ? 0 : bracket);
    return std::min(colon, name.size());
}

bool is_server_name(std::string_view text) noexcept {
    auto const length = host_length(text);
    if (!is_host(text.substr(0, length))) return false;
    if (length == text.size()) return true;
    auto const port = text.substr(length + 1);
    return !port.empty() && port.size() <= 5 && std::ranges::all_of(port, is_digit);
}

}  // namespace chatrixcd::protocol
