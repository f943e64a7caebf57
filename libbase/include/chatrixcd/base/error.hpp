// SPDX-License-Identifier: Apache-2.0
// What a server, the network or input may refuse, as a value. One error type for all libraries; functions return
// result<T> (or awaitable<result<T>>) and never throw for such a refusal. Exceptions remain for a broken environment,
// a broken invariant and cancellation.
#pragma once

#include <boost/assert/source_location.hpp>
#include <boost/system/result.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace chatrixcd::base {

// What kind of refusal it is: callers branch on this, never on a message.
enum class error_kind : std::uint8_t {
    invalid,          // what was given cannot be right; repeating it cannot help
    unauthorized,     // credentials are missing, wrong or expired
    forbidden,        // known, but not allowed
    not_found,        // no such thing
    conflict,         // it exists already, or changed meanwhile
    rate_limited,     // too many requests; see retry_after()
    too_large,        // a body or a value is over its cap
    unavailable,      // not reachable or out of order; the request was certainly not executed
    timeout_unknown,  // sent, but no answer: it may or may not have been executed
    protocol,         // the answer is not what its specification allows
    unsupported,      // the other side cannot do this
    environment,      // this machine: a file, a permission, a full disk
    internal,         // a failure of our own
};

// The kind's name as it stands above, e.g. "not_found".
std::string_view to_string(error_kind kind) noexcept;

// An error has a kind and a sentence of ours; the rest is there when a server said it.
class error {
public:
    // Says nothing; exists because result<T>::error() wants to make one.
    error() = default;
    error(error_kind kind, std::string message);

    // Fluent setters, for building one: error(kind, "…").with_status(429).with_retry_after(2s)
    error&& with_status(unsigned http_status) &&;
    error&& with_errcode(std::string errcode) &&;
    error&& with_retry_after(std::chrono::milliseconds delay) &&;
    error&& with_server_text(std::string text) &&;
    error&& with_hint(std::string hint) &&;

    error_kind kind() const noexcept { return kind_; }
    // What happened, in our words: one line, no secret, fit for a person.
    std::string const& message() const noexcept { return message_; }
    // What to do about it, in our words; empty if there is nothing to say.
    std::string const& hint() const noexcept { return hint_; }
    // The HTTP status, 0 if none was received.
    unsigned http_status() const noexcept { return http_status_; }
    // The server's machine code verbatim, e.g. "M_FORBIDDEN" (Matrix client-server API, "standard error response").
    std::string const& errcode() const noexcept { return errcode_; }
    // How long the server asked us to wait.
    std::optional<std::chrono::milliseconds> retry_after() const noexcept { return retry_after_; }
    // The server's own words. UNTRUSTED: escape before showing, cut before logging.
    std::string const& server_text() const noexcept { return server_text_; }

    // "message: server text (M_CODE, HTTP 403). hint" on one line, with control characters replaced; for logs and terminals.
    std::string describe() const;

private:
    error_kind kind_ = error_kind::internal;
    unsigned http_status_ = 0;
    std::string message_;
    std::string hint_;
    std::string errcode_;
    std::string server_text_;
    std::optional<std::chrono::milliseconds> retry_after_;
};

// Whether the same request may succeed later with nobody changing anything: unavailable, rate_limited.
// timeout_unknown is not among them: only a request that is idempotent or keyed may be repeated after it.
bool is_retryable(error const& e) noexcept;
// Whether going on is pointless until a person acts: unauthorized, environment, internal.
bool is_fatal(error const& e) noexcept;

template <class T>
using result = boost::system::result<T, error>;

// Thrown by result<T>::value(), and by code whose environment is broken; carries the error.
class error_exception : public std::runtime_error {
public:
    explicit error_exception(error e);
    error const& why() const noexcept { return why_; }

private:
    error why_;
};

[[noreturn]] void throw_exception_from_error(error const& e, boost::source_location const&);

}  // namespace chatrixcd::base
