// SPDX-License-Identifier: Apache-2.0
#include "session/discovery.hpp"

#include <boost/json/object.hpp>

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/protocol/ids.hpp>

#include "http/answer.hpp"

namespace chatrixcd::matrix::detail {

namespace asio = boost::asio;
using base::error;
using base::error_kind;
using base::result;

namespace {

constexpr unsigned most_redirects = 5;
constexpr std::size_t most_bytes = 64U << 10U;

// The URL without slashes at its end, as paths are appended to it.
result<std::string> base_url_of(std::string_view text) {
    auto const parsed = base::parse_url(text);
    if (!parsed) return parsed.error();
    if (parsed->target.find('?') != std::string::npos) return error(error_kind::invalid, "a homeserver's URL has no query");
    auto url = parsed->str();
    while (url.back() == '/') url.pop_back();
    return url;
}

// A GET that follows redirects, as the specification wants for the well-known file.
asio::awaitable<result<base::http::response>> get_following(base::http::transport& transport, std::string url) {
    for (unsigned redirects = 0;; ++redirects) {
        auto request = base::http::request(base::http::method::get, url).with_max_response(most_bytes);
        auto response = co_await transport.send(std::move(request));
        if (!response) co_return response;
        bool const moved = response->status >= 301 && response->status <= 308 && response->status != 304;
        std::optional<std::string> target;
        if (moved) target = response->headers.get("Location");
        if (!target || redirects == most_redirects) co_return response;
        auto const here = base::parse_url(url);
        if (!target->empty() && target->front() == '/' && here) {
            url = (here->tls ? "https://" : "http://") + here->authority() + *target;
        } else {
            url = *target;
        }
    }
}

asio::awaitable<result<std::string>> look_up(base::http::transport& transport, std::string server_name) {
    auto const itself = "https://" + server_name;
    auto const response = co_await get_following(transport, itself + "/.well-known/matrix/client");
    if (!response) co_return response.error();
    if (response->status == 404) co_return itself;
    auto const what = "the file .well-known/matrix/client of " + server_name;
    if (response->status >= 500) co_return error(error_kind::unavailable, what + " could not be read").with_status(response->status);
    boost::json::object file;
    if (response->status == 200) {
        auto parsed = base::parse_json_object(response->body);
        if (parsed) file = std::move(*parsed);
    }
    auto const* homeserver = base::find_object(file, "m.homeserver");
    std::optional<std::string> named;
    if (homeserver != nullptr) named = base::find_string(*homeserver, "base_url");
    if (!named) {
        co_return error(error_kind::protocol, what + " names no homeserver").with_hint("Give the homeserver's URL instead: https://…");
    }
    auto url = base_url_of(*named);
    if (!url) co_return error(error_kind::protocol, what + " names a homeserver that is no URL").with_server_text(*named);
    co_return std::move(*url);
}

// Whether a Matrix homeserver answers there, and what it can do.
asio::awaitable<result<server_features>> check_versions(base::http::transport& transport, std::string base_url) {
    auto request = base::http::request(base::http::method::get, base_url + "/_matrix/client/versions").with_max_response(most_bytes);
    auto const response = co_await transport.send(std::move(request));
    if (!response) co_return response.error();
    auto const answer = read_answer(*response, "asking " + base_url + " for its versions");
    if (answer && base::find_array(*answer, "versions") != nullptr) {
        boost::json::object const no_capabilities;
        co_return server_features(*answer, no_capabilities);
    }
    if (!answer && (answer.error().kind() == error_kind::timeout_unknown || answer.error().kind() == error_kind::rate_limited)) {
        co_return answer.error();
    }
    std::string hint = "Check the homeserver's name or URL";
    // What web servers answer to plain HTTP where they expect TLS.
    if (response->status == 400 && base_url.starts_with("http://")) hint += "; a port that speaks TLS wants https://";
    co_return error(error_kind::protocol, base_url + " is no Matrix homeserver").with_status(response->status).with_hint(std::move(hint));
}

}  // namespace

asio::awaitable<result<found_homeserver>> find_homeserver(base::http::transport& transport, std::string url_or_server_name) {
    bool const is_url = url_or_server_name.find("://") != std::string::npos;
    result<std::string> url = error(error_kind::invalid, "no homeserver");
    if (is_url) {
        url = base_url_of(url_or_server_name);
    } else {
        auto const name = protocol::server_name::parse(url_or_server_name);
        if (!name) {
            co_return error(error_kind::invalid, "'" + url_or_server_name + "' is no homeserver")
                .with_hint("Give a URL (https://matrix.example.org) or a server name (example.org)");
        }
        url = co_await look_up(transport, url_or_server_name);
    }
    if (!url) co_return url.error();
    auto features = co_await check_versions(transport, *url);
    if (!features) co_return features.error();
    found_homeserver found;
    found.url = std::move(*url);
    found.features = std::move(*features);
    co_return found;
}

}  // namespace chatrixcd::matrix::detail
