// SPDX-License-Identifier: Apache-2.0
// Requests to the homeserver with the session's token. A token that is refused is renewed once, then the request goes out again.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/json/fwd.hpp>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/base/http.hpp>
#include <chatrixcd/base/random.hpp>

#include "http/call.hpp"

namespace chatrixcd::matrix::detail {

class session;

class api {
public:
    api(base::http::transport& transport, session& who, base::clock& time, base::random& random);

    // One attempt, and the answer as it came, whatever its status.
    boost::asio::awaitable<base::result<base::http::response>> exchange(call c);
    // One attempt. The caller decides about another by may_repeat().
    boost::asio::awaitable<base::result<boost::json::object>> once(call c);
    // As once(), with the answer's body as it came: for whoever parses it elsewhere.
    boost::asio::awaitable<base::result<std::string>> once_unread(call c);
    // As many attempts as base::retry_limits allows, each with the same path and body: for requests that somebody waits for.
    boost::asio::awaitable<base::result<boost::json::object>> request(call c);
    boost::asio::awaitable<base::result<std::string>> request_unread(call c);
    // The homeserver fails for long: asks its name whether it has moved.
    boost::asio::awaitable<void> relocate();

private:
    base::http::transport* transport_;
    session* session_;
    base::clock* time_;
    base::random* random_;
};

}  // namespace chatrixcd::matrix::detail
