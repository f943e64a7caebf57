// SPDX-License-Identifier: Apache-2.0
// Making accounts and sessions: what POST /register, POST /login and server::register_user() have in common.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>

#include <chatrixcd/base/error.hpp>
#include <chatrixcd/base/secret.hpp>
#include <chatrixcd/homeserver/server.hpp>

#include "api/service.hpp"

namespace chatrixcd::homeserver {

// The user id of a localpart that an account may have. Error: M_INVALID_USERNAME.
base::result<protocol::user_id> new_user_id(service const& in, std::string const& localpart);

// What a client says about the device that it logs in on.
class device_wish {
public:
    device_wish() = default;
    // Error: M_BAD_JSON.
    static base::result<device_wish> read(boost::json::object const& body);

    std::optional<std::string> id;
    std::optional<std::string> display_name;
};

// Errors: M_USER_IN_USE, M_INVALID_USERNAME, M_WEAK_PASSWORD (it is empty).
boost::asio::awaitable<base::result<protocol::user_id>> make_account(service& in, std::string localpart, base::secret password);
boost::asio::awaitable<base::result<registered>> make_session(service& in, protocol::user_id user, device_wish wish);

}  // namespace chatrixcd::homeserver
