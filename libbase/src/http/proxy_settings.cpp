// SPDX-License-Identifier: Apache-2.0
#include <openssl/evp.h>

#include <boost/asio/ip/address.hpp>
#include <utility>

#include <chatrixcd/base/http_proxy.hpp>

namespace chatrixcd::base::http {

namespace {

std::string base64(std::string const& text) {
    std::string encoded(4 * ((text.size() + 2) / 3) + 1, '\0');
    auto const* bytes = reinterpret_cast<unsigned char const*>(text.data());
    auto const length = ::EVP_EncodeBlock(reinterpret_cast<unsigned char*>(encoded.data()), bytes, static_cast<int>(text.size()));
    encoded.resize(static_cast<std::size_t>(length));
    return encoded;
}

// RFC 7617. Error kind `invalid`.
result<secret> basic_authorization(std::string_view user_info) {
    auto const colon = user_info.find(':');
    auto user = percent_decode(user_info.substr(0, colon));
    auto password = percent_decode(colon == std::string_view::npos ? std::string_view() : user_info.substr(colon + 1));
    if (!user || !password || user->find(':') != std::string::npos)
        return error(error_kind::invalid, "its user name or password is not percent-encoded as it should be");
    std::string both = *user + ":" + *password;
    wipe(*password);
    secret value("Basic " + base64(both));
    wipe(both);
    return value;
}

result<proxy_server> parse_proxy(std::string_view text) {
    auto const scheme_end = text.find("://");
    if (scheme_end != std::string_view::npos) {
        auto const scheme = text.substr(0, scheme_end);
        if (scheme != "http" && scheme != "HTTP")
            return error(error_kind::unsupported, "only proxies at http:// are supported, also for what is sent over TLS");
        text.remove_prefix(scheme_end + 3);
    }
    proxy_server made;
    auto const authority = text.substr(0, text.find_first_of("/?#"));
    auto const at = authority.rfind('@');
    if (at != std::string_view::npos) {
        auto credentials = basic_authorization(authority.substr(0, at));
        if (!credentials) return credentials.error();
        made.authorization = std::move(*credentials);
    }
    auto const where = parse_url("http://" + std::string(at == std::string_view::npos ? authority : authority.substr(at + 1)));
    if (!where) return where.error();
    made.host = where->host;
    made.port = where->port;
    return made;
}

bool is_this_machine(std::string const& host) {
    if (host == "localhost" || host.ends_with(".localhost")) return true;
    boost::system::error_code failure;
    auto const address = boost::asio::ip::make_address(host, failure);
    return !failure && address.is_loopback();
}

}  // namespace

std::string proxy_server::name() const {
    return (host.find(':') == std::string::npos ? host : "[" + host + "]") + ":" + std::to_string(port);
}

result<proxy_settings> proxy_settings::from_url(std::string_view url, proxy_exceptions except) {
    auto one = parse_proxy(url);
    if (!one) return error(one.error().kind(), "the proxy's URL cannot be used: " + one.error().message());
    proxy_settings made;
    made.http_ = *one;
    made.https_ = std::move(*one);
    made.except_ = std::move(except);
    return made;
}

result<proxy_settings> proxy_settings::from_environment(variable_lookup const& lookup) {
    using names = std::vector<std::string>;
    auto first_of = [&lookup](names const& candidates) {
        for (auto const& name : candidates) {
            auto value = lookup(name);
            if (value && !value->empty()) return std::make_pair(name, std::move(*value));
        }
        return std::make_pair(std::string(), std::string());
    };
    proxy_settings made;
    auto set = [&](std::optional<proxy_server>& into, names const& candidates) -> result<void> {
        auto const [name, value] = first_of(candidates);
        if (value.empty()) return {};
        auto one = parse_proxy(value);
        if (!one) return error(one.error().kind(), "the variable " + name + " names no proxy that can be used: " + one.error().message());
        into = std::move(*one);
        return {};
    };
    auto const https = set(made.https_, {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"});
    if (!https) return https.error();
    auto const http = set(made.http_, {"http_proxy", "all_proxy", "ALL_PROXY"});
    if (!http) return http.error();
    made.except_ = proxy_exceptions(first_of({"no_proxy", "NO_PROXY"}).second);
    return made;
}

proxy_server const* proxy_settings::proxy_for(url const& target) const {
    auto const& chosen = target.tls ? https_ : http_;
    if (!chosen || is_this_machine(target.host) || except_.contains(target)) return nullptr;
    return &*chosen;
}

}  // namespace chatrixcd::base::http
