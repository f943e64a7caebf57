// SPDX-License-Identifier: Apache-2.0
#include "http/answer.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/base/retry.hpp>

namespace chatrixcd::semaphore::detail {

using base::error;
using base::error_kind;

namespace {

constexpr char const* wrong_address = "is the URL that of Semaphore, with its path if it has one?";

std::string type_of(base::http::response const& answer) { return answer.headers.get("Content-Type").value_or(std::string()); }

bool is_page(base::http::response const& answer) {
    auto const first = answer.body.find_first_not_of(" \t\r\n");
    return type_of(answer).starts_with("text/html") || (first != std::string::npos && answer.body[first] == '<');
}

// Semaphore's router says "Not Found" in plain text for a route that it does not have, and nothing for an object that it does not have.
bool is_unknown_route(base::http::response const& answer) {
    return answer.status == 405 || (answer.status == 404 && type_of(answer).starts_with("text/plain"));
}

error missing(call const& asked) {
    auto const what = asked.missing().empty() ? asked.name() + " found nothing" : asked.missing();
    return error(error_kind::not_found, what).with_hint("or the user of this token is no member of the project");
}

error kind_of_refusal(base::http::response const& answer, call const& asked) {
    auto const failed = asked.name() + " was refused";
    switch (answer.status) {
        case 400:
            return error(error_kind::invalid, failed);
        case 401:
            return error(error_kind::unauthorized, failed + ": the credentials are not accepted")
                .with_hint("is the token right, and not expired or deleted?");
        case 403:
            return error(error_kind::forbidden, failed).with_hint("the user's role in the project may not do that");
        case 409:
            return error(error_kind::conflict, failed);
        case 413:
            return error(error_kind::too_large, failed);
        case 429:
            return error(error_kind::rate_limited, failed);
        default:
            break;
    }
    if (answer.status == 408 || answer.status >= 500) {
        return error(error_kind::timeout_unknown, asked.name() + " failed at the server").with_hint("its log says why");
    }
    return error(error_kind::protocol, asked.name() + " was answered as Semaphore never does").with_hint(wrong_address);
}

error refusal(base::http::response const& answer, call const& asked) {
    auto text = refusal_text(answer);
    auto const is_empty_400 = answer.status == 400 && text.empty() && asked.is_missing_by_400();
    error made;
    if (is_unknown_route(answer)) {
        made = error(error_kind::unsupported, "this server does not know how to do it: " + asked.name())
                   .with_hint("a newer Semaphore may; if nothing works, " + std::string(wrong_address));
    } else if (is_page(answer) && answer.status < 500) {
        made = error(error_kind::protocol, asked.name() + " was answered with a web page").with_hint(wrong_address);
    } else if (answer.status == 404 || is_empty_400) {
        made = missing(asked);
    } else {
        made = kind_of_refusal(answer, asked);
    }
    if (auto const delay = base::retry_after(answer)) std::move(made).with_retry_after(*delay);
    if (!text.empty()) std::move(made).with_server_text(std::move(text));
    return std::move(made).with_status(answer.status);
}

}  // namespace

std::string refusal_text(base::http::response const& answer) {
    auto const parsed = base::parse_json_object(answer.body);
    if (!parsed) return {};
    return base::find_string(*parsed, "error").value_or(base::find_string(*parsed, "message").value_or(std::string()));
}

bool wants_second_factor(base::http::response const& answer) {
    auto const text = refusal_text(answer);
    return answer.status == 401 && (text == "TOTP_REQUIRED" || text == "EMAIL_OTP_REQUIRED" || text == "SESSION_NOT_VERIFIED");
}

std::optional<base::error> refusal_in(base::http::response const& answer, call const& asked) {
    if (answer.status >= 200 && answer.status <= 299) return std::nullopt;
    return refusal(answer, asked);
}

base::result<boost::json::value> read_json(base::http::response const& answer, call const& asked) {
    if (answer.body.find_first_not_of(" \t\r\n") == std::string::npos) return boost::json::value();
    if (is_page(answer)) return error(error_kind::protocol, asked.name() + " was answered with a web page").with_hint(wrong_address);
    auto parsed = base::parse_json(answer.body);
    if (!parsed) {
        return error(error_kind::protocol, asked.name() + " was answered with no JSON: " + parsed.error().message())
            .with_hint(wrong_address);
    }
    return std::move(*parsed);
}

}  // namespace chatrixcd::semaphore::detail
