// SPDX-License-Identifier: Apache-2.0
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>
#include <charconv>
#include <utility>

#include <chatrixcd/base/http_proxy.hpp>

namespace chatrixcd::base::http {

namespace {

namespace ip = boost::asio::ip;

std::string lower_case(std::string_view text) {
    std::string lowered(text);
    for (char& c : lowered) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return lowered;
}

bool is_address(std::string const& text) {
    boost::system::error_code not_one;
    ip::make_address(text, not_one);
    return !not_one;
}

// As "address/bits"; empty if it is neither an address nor a network.
std::string network_of(std::string const& text) {
    auto const slash = text.find('/');
    boost::system::error_code not_one;
    auto const address = ip::make_address(text.substr(0, slash), not_one);
    if (not_one) return {};
    if (slash == std::string::npos) return text + (address.is_v4() ? "/32" : "/128");
    if (address.is_v4()) {
        ip::make_network_v4(text, not_one);
    } else {
        ip::make_network_v6(text, not_one);
    }
    return not_one ? std::string() : text;
}

bool is_within(ip::address_v4 const& address, ip::network_v4 const& network) {
    return ip::network_v4(address, network.prefix_length()).network() == network.network();
}

bool is_within(ip::address_v6 const& address, ip::network_v6 const& network) {
    return ip::network_v6(address, network.prefix_length()).network() == network.network();
}

bool is_within(std::string const& host, std::string const& network) {
    boost::system::error_code failure;
    auto const address = ip::make_address(host, failure);
    bool const v4 = network.find(':') == std::string::npos;
    if (failure || address.is_v4() != v4) return false;
    return v4 ? is_within(address.to_v4(), ip::make_network_v4(network)) : is_within(address.to_v6(), ip::make_network_v6(network));
}

}  // namespace

proxy_exceptions::proxy_exceptions(std::string_view list) {
    constexpr std::string_view between = ", \t";
    for (auto from = list.find_first_not_of(between); from != std::string_view::npos; from = list.find_first_not_of(between, from)) {
        auto const to = std::min(list.find_first_of(between, from), list.size());
        auto const text = list.substr(from, to - from);
        from = to;
        if (text == "*") everything_ = true;
        if (auto one = read(text)) entries_.push_back(std::move(*one));
    }
}

std::optional<proxy_exceptions::entry> proxy_exceptions::read(std::string_view text) {
    entry one;
    auto host = lower_case(text);
    auto const colon = host.rfind(':');
    bool const bracketed = host.starts_with('[');
    bool const has_port = colon != std::string::npos && (bracketed ? host[colon - 1] == ']' : host.find(':') == colon);
    if (has_port) {
        std::uint16_t port = 0;
        auto const digits = std::string_view(host).substr(colon + 1);
        auto const [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
        if (failure != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
        one.port = port;
        host.resize(colon);
    }
    if (bracketed && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    one.network = network_of(host);
    if (!one.network.empty()) return one;
    if (host.starts_with("*.")) host.erase(0, 1);
    one.subdomains_only = host.starts_with('.');
    one.name = one.subdomains_only ? host.substr(1) : host;
    if (one.name.ends_with('.')) one.name.pop_back();
    if (one.name.empty() || one.name.find_first_of("*/[]:") != std::string::npos) return std::nullopt;
    return one;
}

bool proxy_exceptions::matches(entry const& one, url const& target) {
    if (one.port && *one.port != target.port) return false;
    if (!one.network.empty()) return is_within(target.host, one.network);
    std::string_view host = target.host;
    if (host.ends_with('.')) host.remove_suffix(1);
    if (host == one.name) return !one.subdomains_only;
    return !is_address(target.host) && host.ends_with("." + one.name);
}

bool proxy_exceptions::contains(url const& target) const {
    if (everything_) return true;
    for (auto const& one : entries_) {
        if (matches(one, target)) return true;
    }
    return false;
}

}  // namespace chatrixcd::base::http
