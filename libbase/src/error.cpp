// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/base/error.hpp>

#include <chatrixcd/base/text.hpp>

namespace chatrixcd::base {

namespace {

// A server may answer with a page of HTML: a person needs its beginning.
constexpr std::size_t max_shown_server_text = 300;

std::string shortened(std::string_view foreign) {
    auto shown = text::one_line(foreign.substr(0, max_shown_server_text));
    if (foreign.size() > max_shown_server_text) shown += "…";
    return shown;
}

}  // namespace

std::string_view to_string(error_kind kind) noexcept {
    switch (kind) {
        case error_kind::invalid:
            return "invalid";
        case error_kind::unauthorized:
            return "unauthorized";
        case error_kind::forbidden:
            return "forbidden";
        case error_kind::not_found:
            return "not_found";
        case error_kind::conflict:
            return "conflict";
        case error_kind::rate_limited:
            return "rate_limited";
        case error_kind::too_large:
            return "too_large";
        case error_kind::unavailable:
            return "unavailable";
        case error_kind::timeout_unknown:
            return "timeout_unknown";
        case error_kind::protocol:
            return "protocol";
        case error_kind::unsupported:
            return "unsupported";
        case error_kind::environment:
            return "environment";
        case error_kind::internal:
            return "internal";
    }
    return "unknown";
}

error::error(error_kind kind, std::string message) : kind_(kind), message_(std::move(message)) {}

error&& error::with_status(unsigned http_status) && {
    http_status_ = http_status;
    return std::move(*this);
}

error&& error::with_errcode(std::string errcode) && {
    errcode_ = std::move(errcode);
    return std::move(*this);
}

error&& error::with_retry_after(std::chrono::milliseconds delay) && {
    retry_after_ = delay;
    return std::move(*this);
}

error&& error::with_server_text(std::string text) && {
    server_text_ = std::move(text);
    return std::move(*this);
}

error&& error::with_hint(std::string hint) && {
    hint_ = std::move(hint);
    return std::move(*this);
}

std::string error::describe() const {
    std::string out = text::one_line(message_);
    if (!server_text_.empty()) out += ": " + shortened(server_text_);
    std::string codes = shortened(errcode_);
    if (http_status_ != 0) {
        if (!codes.empty()) codes += ", ";
        codes += "HTTP " + std::to_string(http_status_);
    }
    if (!codes.empty()) out += " (" + codes + ")";
    if (!hint_.empty()) out += ". " + text::one_line(hint_);
    return out;
}

bool is_retryable(error const& e) noexcept { return e.kind() == error_kind::unavailable || e.kind() == error_kind::rate_limited; }

bool is_fatal(error const& e) noexcept {
    return e.kind() == error_kind::unauthorized || e.kind() == error_kind::environment || e.kind() == error_kind::internal;
}

error_exception::error_exception(error e) : std::runtime_error(e.describe()), why_(std::move(e)) {}

void throw_exception_from_error(error const& e, boost::source_location const&) { throw error_exception(e); }

}  // namespace chatrixcd::base
