// SPDX-License-Identifier: Apache-2.0
// Streamed bodies in memory, and what a transport without a socket does with streamed bodies: it gathers the request's before it hands
// the request over, and delivers the answer's afterwards.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <memory>
#include <string>

#include <chatrixcd/base/http.hpp>

namespace chatrixcd::base::http {

// How much of a streamed body is held at once, in either direction.
constexpr std::size_t max_piece = 64U << 10U;

std::shared_ptr<body_source> make_string_source(std::string content);

// Keeps what it is given; the request's max_response bounds it.
class string_sink final : public body_sink {
public:
    result<void> rewind() override;
    boost::asio::awaitable<result<void>> write(std::string piece) override;
    std::string const& content() const noexcept { return content_; }

private:
    std::string content_;
};

// The request with the content of its source, if it has one, in `body`, and without source and sink. Errors: the source's own; invalid
// if the source gives less than its size, or more than it was asked for.
boost::asio::awaitable<result<request>> gather_body(request r);
// The answer as the sender of `asked` gets it: the body of a 2xx answer goes to the sink, if there is one. Errors: the sink's own;
// too_large.
boost::asio::awaitable<result<response>> deliver_body(response answer, std::shared_ptr<body_sink> sink, std::size_t max_response);

}  // namespace chatrixcd::base::http
