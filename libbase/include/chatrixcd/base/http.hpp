// SPDX-License-Identifier: Apache-2.0
// HTTP as values, and the two seams around it: `http::transport` sends a request, `http::handler` answers one. A test joins the two
// without a socket; production puts the client and the server of http_client.hpp and http_server.hpp between them.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
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

// Where the body of a request comes from when it is not held in memory. One attempt at a time reads it, from the first byte to the last.
class body_source {
public:
    virtual ~body_source() = default;
    // How many bytes there are in all, which is what Content-Length says. Never changes.
    virtual std::uint64_t size() const = 0;
    // The next bytes, at most `most` (> 0) of them; empty at the end. An error ends the request with that error.
    virtual boost::asio::awaitable<result<std::string>> read(std::size_t most) = 0;
    // Goes back to the first byte: called at the start of each attempt, the first one included, never while a read is under way. What
    // can be read only once refuses when something was read.
    virtual result<void> rewind() = 0;
};

// Where the body of an answer goes when it is not to be held in memory.
class body_sink {
public:
    virtual ~body_sink() = default;
    // Forgets what an earlier attempt wrote: called when the header of a 2xx answer has come, before its first piece.
    virtual result<void> rewind() = 0;
    // Takes the next bytes, never none and at most 64 KiB; no more come before it has returned. An error ends the request with that error.
    virtual boost::asio::awaitable<result<void>> write(std::string piece) = 0;
};

// Not an aggregate on purpose: a braced temporary in a co_await statement is miscompiled by GCC 12.
class request {
public:
    request() = default;
    request(method m, std::string url_or_target) : verb(m), url(std::move(url_or_target)) {}

    request&& with_header(std::string_view name, std::string value) &&;
    request&& with_body(std::string content, std::string content_type = "application/json") &&;
    // As with_body(), but in pieces; see `source`.
    request&& with_body_from(std::shared_ptr<body_source> from, std::string content_type) &&;
    request&& with_sink(std::shared_ptr<body_sink> to) &&;
    request&& with_timeout(std::chrono::milliseconds limit) &&;
    request&& with_max_response(std::size_t bytes) &&;
    request&& with_bearer(std::string_view token) &&;

    method verb = method::get;
    // Outgoing: an absolute URL. Incoming: path and query.
    std::string url;
    fields headers;
    std::string body;
    // Outgoing: gives the body in place of `body`, if it is set.
    std::shared_ptr<body_source> source;
    // Outgoing: takes the body of a 2xx answer, whose own `body` is then empty. Any other answer keeps its body.
    std::shared_ptr<body_sink> sink;
    // From the first byte of connecting to the last of the answer.
    std::chrono::milliseconds timeout{std::chrono::seconds(30)};
    // A longer body, wherever it goes, ends the request with too_large.
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
// executed), timeout_unknown (the request may have left), too_large, protocol, invalid (the URL), and those of its source and sink,
// which every transport honours (http_bodies.hpp has the two functions for one without a socket).
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
