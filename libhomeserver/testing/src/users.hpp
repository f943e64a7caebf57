// SPDX-License-Identifier: Apache-2.0
// Whose request it is: the server itself is asked whose token it carries, once a token.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <map>
#include <string>

#include <chatrixcd/base/http.hpp>

namespace chatrixcd::homeserver::testing::detail {

// "Bearer …" of the request; empty if it has none.
std::string token_of(base::http::request const& r);

class users {
public:
    explicit users(base::http::handler& server) : server_(server) {}
    // The user id; empty if nobody knows. Of a login: what it says, a bare localpart made to a user id of the server's name.
    boost::asio::awaitable<std::string> whose(base::http::request const& r);

private:
    boost::asio::awaitable<std::string> owner_of(std::string authorization);
    std::string who_logs_in(base::http::request const& r) const;

    base::http::handler& server_;
    std::map<std::string, std::string> known_;
    std::string server_name_;  // as user ids seen so far have it
};

}  // namespace chatrixcd::homeserver::testing::detail
