// SPDX-License-Identifier: Apache-2.0
// Calls to one server with one user's credentials: at most so many at once, repeated where that is right.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/json/fwd.hpp>
#include <string>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/base/http.hpp>
#include <chatrixcd/base/random.hpp>
#include <chatrixcd/semaphore/client.hpp>

#include "http/call.hpp"
#include "http/places.hpp"

namespace chatrixcd::semaphore::detail {

class connection {
public:
    // `server`: its URL without a slash at the end.
    connection(base::http::transport& transport, base::clock& time, base::random& random, std::string server, client_options how);

    std::string const& server() const noexcept { return server_; }
    std::size_t max_output() const noexcept { return how_.max_output; }

    boost::asio::awaitable<result<boost::json::value>> ask(call what);
    boost::asio::awaitable<result<std::string>> ask_text(call what);
    // As ask(), for calls whose answer says nothing.
    boost::asio::awaitable<result<void>> tell(call what);
    // Of GET /ws.
    boost::asio::awaitable<result<std::unique_ptr<base::http::websocket>>> open_websocket(base::http::websocket_dialer& by);

private:
    boost::asio::awaitable<result<base::http::response>> answer_to(call what);
    boost::asio::awaitable<result<base::http::response>> attempt(call what);
    boost::asio::awaitable<result<base::http::response>> send(base::http::request r);
    boost::asio::awaitable<result<void>> log_in();
    boost::asio::awaitable<base::error> why_401(call what, base::http::response answer);
    base::http::request signed_request(call const& what) const;

    base::http::transport* transport_;
    base::clock* time_;
    base::random* random_;
    std::string server_;
    client_options how_;
    places places_;
    base::secret cookie_;  // of a login by password; empty before it
};

}  // namespace chatrixcd::semaphore::detail
