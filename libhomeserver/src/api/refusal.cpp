// SPDX-License-Identifier: Apache-2.0
#include "api/refusal.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <string_view>
#include <utility>

namespace chatrixcd::homeserver {

namespace {

struct spelling {
    unsigned status;
    std::string_view errcode;
};

spelling spell(error_kind kind) {
    switch (kind) {
        case error_kind::invalid:
        case error_kind::protocol:
            return {400, "M_BAD_JSON"};
        case error_kind::unauthorized:
            return {401, "M_UNKNOWN_TOKEN"};
        case error_kind::forbidden:
            return {403, "M_FORBIDDEN"};
        case error_kind::not_found:
            return {404, "M_NOT_FOUND"};
        case error_kind::conflict:
            return {409, "M_UNKNOWN"};
        case error_kind::rate_limited:
            return {429, "M_LIMIT_EXCEEDED"};
        case error_kind::too_large:
            return {413, "M_TOO_LARGE"};
        case error_kind::unsupported:
            return {400, "M_UNSUPPORTED_ROOM_VERSION"};
        case error_kind::unavailable:
            return {503, "M_UNKNOWN"};
        case error_kind::timeout_unknown:
        case error_kind::environment:
        case error_kind::internal:
            break;
    }
    return {500, "M_UNKNOWN"};
}

// What a client does about an expired token; error_response() makes `soft_logout` of it.
constexpr std::string_view log_in_again = "refresh the token, or log in again on the same device";

error make(error_kind kind, unsigned status, std::string errcode, std::string text) {
    return error(kind, std::move(text)).with_status(status).with_errcode(std::move(errcode));
}

}  // namespace

error forbidden(std::string text) { return make(error_kind::forbidden, 403, "M_FORBIDDEN", std::move(text)); }
error not_found(std::string text) { return make(error_kind::not_found, 404, "M_NOT_FOUND", std::move(text)); }
error bad_json(std::string text) { return bad_request("M_BAD_JSON", std::move(text)); }
error not_json(std::string text) { return bad_request("M_NOT_JSON", std::move(text)); }
error missing_param(std::string text) { return bad_request("M_MISSING_PARAM", std::move(text)); }
error invalid_param(std::string text) { return bad_request("M_INVALID_PARAM", std::move(text)); }
error bad_request(std::string errcode, std::string text) { return make(error_kind::invalid, 400, std::move(errcode), std::move(text)); }
error unknown_token(std::string text) { return make(error_kind::unauthorized, 401, "M_UNKNOWN_TOKEN", std::move(text)); }
error missing_token() { return make(error_kind::unauthorized, 401, "M_MISSING_TOKEN", "this needs an access token"); }

error expired_token() { return unknown_token("this access token has expired").with_hint(std::string(log_in_again)); }
error too_fast(std::chrono::milliseconds wait) {
    return make(error_kind::rate_limited, 429, "M_LIMIT_EXCEEDED", "too many requests").with_retry_after(wait);
}

error unrecognized(bool path_exists) {
    if (path_exists) return make(error_kind::unsupported, 405, "M_UNRECOGNIZED", "this endpoint has no such method");
    return make(error_kind::not_found, 404, "M_UNRECOGNIZED", "there is no such endpoint");
}

base::http::response error_response(error const& e) {
    auto const usual = spell(e.kind());
    boost::json::object body;
    body["errcode"] = e.errcode().empty() ? usual.errcode : std::string_view(e.errcode());
    body["error"] = e.message();
    if (e.hint() == log_in_again) body["soft_logout"] = true;
    if (auto const wait = e.retry_after()) body["retry_after_ms"] = wait->count();
    base::http::response said(e.http_status() == 0 ? usual.status : e.http_status(), boost::json::serialize(body));
    // Whole seconds, so that who waits that long is let through.
    if (auto const wait = e.retry_after()) said.headers.set("Retry-After", std::to_string((wait->count() + 999) / 1000));
    return said;
}

void add_cors(base::http::response& r) {
    r.headers.set("Access-Control-Allow-Origin", "*");
    r.headers.set("Access-Control-Allow-Methods", "GET, POST, PUT, DELETE, OPTIONS");
    r.headers.set("Access-Control-Allow-Headers", "X-Requested-With, Content-Type, Authorization");
}

}  // namespace chatrixcd::homeserver
