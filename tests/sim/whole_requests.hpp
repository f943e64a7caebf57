// SPDX-License-Identifier: Apache-2.0
// Requests to the homeserver that always arrive: for what is no part of the game.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/json/object.hpp>
#include <string>

#include <chatrixcd/base/http.hpp>

namespace chatrixcd::test {

// `path` is below /_matrix/client/v3; `token` may be empty. Throws std::runtime_error unless the answer is 200.
boost::asio::awaitable<boost::json::object> ask(base::http::handler& server, base::http::method verb, std::string path, std::string token,
                                                boost::json::object body = {});

}  // namespace chatrixcd::test
