// SPDX-License-Identifier: Apache-2.0
#include "http/answer.hpp"

#include <boost/json/object.hpp>

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/base/retry.hpp>

#include "http/shallow_json.hpp"

namespace chatrixcd::matrix::detail {

using base::error;
using base::error_kind;

namespace {

constexpr std::size_t most_depth = 64;

error_kind kind_of(unsigned status) noexcept {
    switch (status) {
        case 400:
            return error_kind::invalid;
        case 401:
            return error_kind::unauthorized;
        case 403:
            return error_kind::forbidden;
        case 404:
            return error_kind::not_found;
        case 405:
            return error_kind::unsupported;
        case 408:
            return error_kind::timeout_unknown;
        case 409:
            return error_kind::conflict;
        case 413:
            return error_kind::too_large;
        case 429:
            return error_kind::rate_limited;
        default:
            break;
    }
    if (status >= 500) return error_kind::timeout_unknown;
    return status >= 400 ? error_kind::invalid : error_kind::protocol;
}

// The header is newer than the member of the body, and wins over it.
std::optional<std::chrono::milliseconds> wish_to_wait(base::http::response const& r, boost::json::object const& body) {
    if (auto const asked = base::retry_after(r)) return asked;
    auto const milliseconds = base::find_integer(body, "retry_after_ms");
    if (milliseconds && *milliseconds >= 0) return std::chrono::milliseconds(*milliseconds);
    return std::nullopt;
}

error error_of(base::http::response const& r, std::string_view what) {
    boost::json::object body;
    if (auto parsed = base::parse_json_object(r.body)) body = std::move(*parsed);
    auto const errcode = base::find_string(body, "errcode").value_or(std::string());
    auto kind = kind_of(r.status);
    if (errcode == "M_UNRECOGNIZED") kind = error_kind::unsupported;
    if (errcode == "M_UNKNOWN_TOKEN" || errcode == "M_MISSING_TOKEN") kind = error_kind::unauthorized;
    if (errcode == "M_LIMIT_EXCEEDED") kind = error_kind::rate_limited;

    auto refused = error(kind, std::string(what) + (kind == error_kind::timeout_unknown ? " failed at the homeserver" : " was refused"))
                       .with_status(r.status)
                       .with_errcode(errcode)
                       .with_server_text(base::find_string(body, "error").value_or(std::string()));
    if (auto const delay = wish_to_wait(r, body)) std::move(refused).with_retry_after(*delay);
    return refused;
}

}  // namespace

base::result<boost::json::object> read_answer(base::http::response const& r, std::string_view what) {
    if (r.status < 200 || r.status > 299) return error_of(r, what);
    auto parsed = base::parse_json_object(r.body, most_depth);
    if (!parsed) parsed = base::parse_json_object(shallow_json(r.body, most_depth), most_depth);
    if (!parsed) {
        return error(error_kind::protocol, std::string(what) + " was not answered with a JSON object").with_status(r.status);
    }
    return std::move(*parsed);
}

bool is_refused_token(base::http::response const& r) {
    if (r.status < 400) return false;
    auto const body = base::parse_json_object(r.body);
    auto const errcode = body ? base::find_string(*body, "errcode").value_or(std::string()) : std::string();
    if (errcode == "M_UNKNOWN_TOKEN" || errcode == "M_MISSING_TOKEN") return true;
    return r.status == 401 && !(body && body->contains("flows"));
}

bool is_unknown_endpoint(base::error const& e) noexcept {
    if (!e.errcode().empty()) return e.errcode() == "M_UNRECOGNIZED";
    return e.http_status() == 404 || e.http_status() == 405 || e.http_status() == 501;
}

bool is_soft_logout(base::http::response const& r) {
    auto const body = base::parse_json_object(r.body);
    if (!body) return false;
    auto const* soft = body->if_contains("soft_logout");
    return soft != nullptr && soft->is_bool() && soft->get_bool();
}

}  // namespace chatrixcd::matrix::detail
