// SPDX-License-Identifier: Apache-2.0
// HTTP as values, and the two seams around it: `http::transport` sends a request, `http::handler` answers one. A test joins the two
// without a socket; production puts the client and the server of http_client.hpp and http_server.hpp between them.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <chatrixcd/base/error.hpp>

namespace chatrixcd::base::http {

enum class method : std::uint8_t { get, head, post, put, patch, delete_, options };
std::string_view to_string(method m) noexcept;
std::optional<method> method_from(std::string_view text) noexcept;

// Header fields in order; names compare without case.
class fields {
public:
    void set(std::string_view name, std::string value);  // replaces
    void add(std::string_view name, std::string value);  // keeps what is there
    std::optional<std::string> get(std::string_view name) const;
    std::vector<std::pair<std::string, std::string>> const& all() const noexcept { return entries_; }

private:
    std::vector<std::pair<std::string, std::string>> entries_;
};

// Not an aggregate on purpose: a braced temporary in a co_await statement is miscompiled by GCC 12.
class request {
public:
    request() = default;
    request(method m, std::string url_or_target) : verb(m), url(std::move(url_or_target)) {}

    request&& with_header(std::string_view name, std::string value) &&;
    request&& with_body(std::string content, std::string content_type = "application/json") &&;
    request&& with_timeout(std::chrono::milliseconds limit) &&;
    request&& with_max_response(std::size_t bytes) &&;
    request&& with_bearer(std::string_view token) &&;

    method verb = method::get;
    // Outgoing: an absolute URL. Incoming: path and query.
    std::string url;
    fields headers;
    std::string body;
    // From the first byte of connecting to the last of the answer.
    std::chrono::milliseconds timeout{std::chrono::seconds(30)};
    // A longer body ends the request with too_large.
    std::size_t max_response = 16U << 20U;
    // Incoming: the peer's address, "127.0.0.1".
    std::string remote;

    std::string_view path() const noexcept;   // of an incoming request: url up to '?'
    std::string_view query() const noexcept;  // after '?', may be empty
};

class response {
public:
    response() = default;
    explicit response(unsigned http_status) : status(http_status) {}
    response(unsigned http_status, std::string content, std::string content_type = "application/json");

    unsigned status = 200;
    fields headers;
    std::string body;
};

// Sends requests. An HTTP status of any kind is a response, not an error. Errors: unavailable (not connected: certainly not
// executed), timeout_unknown (the request may have left), too_large, protocol, invalid (the URL).
// Cancellation ends the request with system_error(operation_aborted).
class transport {
public:
    virtual ~transport() = default;
    virtual boost::asio::awaitable<result<response>> send(request r) = 0;
};

// Answers requests; called once a request, several at a time. An exception becomes an empty 500.
class handler {
public:
    virtual ~handler() = default;
    virtual boost::asio::awaitable<response> handle(request r) = 0;
};

}  // namespace chatrixcd::base::http
