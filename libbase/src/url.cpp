// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/base/url.hpp>

#include <arpa/inet.h>

#include <charconv>
#include <optional>

namespace chatrixcd::base {

namespace {

constexpr std::size_t max_url = 8192;
constexpr std::size_t max_host = 253;  // RFC 1035, in its textual form

bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
std::string lower_case(std::string_view text) {
    std::string lowered(text);
    for (char& c : lowered) c = to_lower(c);
    return lowered;
}

// RFC 3986, 2.3
bool is_unreserved(char c) { return is_alpha(c) || is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~'; }
// What may stand unescaped in a path or a query: RFC 3986, 3.3 and 3.4
bool is_target_character(char c) { return is_unreserved(c) || std::string_view("!$&'()*+,;=:@/?").find(c) != std::string_view::npos; }

std::optional<unsigned> hex_value(char c) {
    if (is_digit(c)) return static_cast<unsigned>(c - '0');
    char const lowered = to_lower(c);
    if (lowered >= 'a' && lowered <= 'f') return static_cast<unsigned>(lowered - 'a') + 10U;
    return std::nullopt;
}

// The byte that "%XX" at `at` stands for.
std::optional<char> escaped_at(std::string_view text, std::size_t at) {
    if (at + 2 >= text.size()) return std::nullopt;
    auto const high = hex_value(text[at + 1]);
    auto const low = hex_value(text[at + 2]);
    if (!high || !low) return std::nullopt;
    return static_cast<char>(*high * 16U + *low);
}

error bad_url(std::string what) { return error(error_kind::invalid, "not an http(s) URL: " + std::move(what)); }

bool is_ipv6(std::string const& text) {
    in6_addr address{};
    return ::inet_pton(AF_INET6, text.c_str(), &address) == 1;
}

bool is_host_name(std::string_view text) {
    if (text.empty() || text.size() > max_host || text.front() == '.' || text.front() == '-') return false;
    if (text.find("..") != std::string_view::npos) return false;
    for (char c : text) {
        if (!is_alpha(c) && !is_digit(c) && c != '-' && c != '.' && c != '_') return false;
    }
    return true;
}

result<std::uint16_t> parse_port(std::string_view text) {
    unsigned port = 0;
    auto const [end, failure] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (failure != std::errc() || end != text.data() + text.size() || port == 0 || port > 65535) {
        return bad_url("the port must be a number from 1 to 65535");
    }
    return static_cast<std::uint16_t>(port);
}

// `authority` is what stands between "//" and the path.
result<void> parse_authority(std::string_view authority, url& into) {
    if (authority.find('@') != std::string_view::npos) return bad_url("a user name or password in it is refused");
    std::string_view port;
    bool has_port = false;
    if (!authority.empty() && authority.front() == '[') {
        auto const closing = authority.find(']');
        if (closing == std::string_view::npos) return bad_url("']' is missing after the IPv6 address");
        into.host = lower_case(authority.substr(1, closing - 1));
        if (!is_ipv6(into.host)) return bad_url("what stands in brackets is not an IPv6 address");
        auto const rest = authority.substr(closing + 1);
        has_port = !rest.empty();
        if (has_port && rest.front() != ':') return bad_url("unexpected text after the IPv6 address");
        if (has_port) port = rest.substr(1);
    } else {
        auto const colon = authority.find(':');
        has_port = colon != std::string_view::npos;
        if (has_port) port = authority.substr(colon + 1);
        into.host = lower_case(authority.substr(0, colon));
        if (into.host.empty()) return bad_url("the host is missing");
        if (!is_host_name(into.host)) return bad_url("the host name has characters that a host name cannot have");
    }
    into.port = into.tls ? 443 : 80;
    if (has_port) {
        auto parsed = parse_port(port);
        if (!parsed) return parsed.error();
        into.port = *parsed;
    }
    return {};
}

bool is_target(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' ? !escaped_at(text, i) : !is_target_character(text[i])) return false;
    }
    return true;
}

std::string decode_leniently(std::string_view text) {
    auto decoded = percent_decode(text, /*plus_is_space=*/true);
    if (decoded) return std::move(*decoded);
    return std::string(text);
}

}  // namespace

std::string url::authority() const {
    std::string text = host.find(':') == std::string::npos ? host : "[" + host + "]";
    if (port != (tls ? 443 : 80)) text += ":" + std::to_string(port);
    return text;
}

std::string url::str() const { return (tls ? "https://" : "http://") + authority() + target; }

result<url> parse_url(std::string_view text) {
    if (text.size() > max_url) return bad_url("it is longer than 8192 characters");
    auto const scheme_end = text.find("://");
    if (scheme_end == std::string_view::npos) return bad_url("it must start with http:// or https://");
    url parsed;
    auto const scheme = lower_case(text.substr(0, scheme_end));
    if (scheme != "http" && scheme != "https") return bad_url("it must start with http:// or https://");
    parsed.tls = scheme == "https";

    auto rest = text.substr(scheme_end + 3);
    rest = rest.substr(0, rest.find('#'));
    auto const authority_end = rest.find_first_of("/?");
    auto ok = parse_authority(rest.substr(0, authority_end), parsed);
    if (!ok) return ok.error();

    if (authority_end != std::string_view::npos) parsed.target = std::string(rest.substr(authority_end));
    if (parsed.target.empty() || parsed.target.front() != '/') parsed.target.insert(0, 1, '/');
    if (!is_target(parsed.target)) return bad_url("its path or query has a character that must be percent-encoded");
    return parsed;
}

std::string percent_encode(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string encoded;
    encoded.reserve(text.size());
    for (char c : text) {
        if (is_unreserved(c)) {
            encoded += c;
            continue;
        }
        auto const byte = static_cast<unsigned char>(c);
        encoded += '%';
        encoded += digits[byte >> 4U];
        encoded += digits[byte & 15U];
    }
    return encoded;
}

result<std::string> percent_decode(std::string_view text, bool plus_is_space) {
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%') {
            auto const byte = escaped_at(text, i);
            if (!byte) return error(error_kind::invalid, "a percent sign is not followed by two hexadecimal digits");
            decoded += *byte;
            i += 2;
        } else {
            decoded += plus_is_space && text[i] == '+' ? ' ' : text[i];
        }
    }
    return decoded;
}

query_parameters parse_query(std::string_view query) {
    query_parameters parameters;
    while (!query.empty()) {
        auto const end = query.find('&');
        auto const piece = query.substr(0, end);
        query = end == std::string_view::npos ? std::string_view() : query.substr(end + 1);
        if (piece.empty()) continue;
        auto const equals = piece.find('=');
        auto const value = equals == std::string_view::npos ? std::string_view() : piece.substr(equals + 1);
        parameters.emplace_back(decode_leniently(piece.substr(0, equals)), decode_leniently(value));
    }
    return parameters;
}

std::string format_query(query_parameters const& parameters) {
    std::string text;
    for (auto const& [name, value] : parameters) {
        if (!text.empty()) text += '&';
        text += percent_encode(name) + "=" + percent_encode(value);
    }
    return text;
}

}  // namespace chatrixcd::base
