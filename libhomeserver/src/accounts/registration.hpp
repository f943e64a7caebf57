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
#include "store/accounts.hpp"

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
    // Whether the client can refresh its token, so that it may expire.
    bool refresh = false;
};

// A session as the client is told of it.
class opened_session {
public:
    registered made;
    session_tokens tokens;
};

// Errors: M_USER_IN_USE, M_INVALID_USERNAME, M_WEAK_PASSWORD (it is empty).
boost::asio::awaitable<base::result<protocol::user_id>> make_account(service& in, std::string localpart, base::secret password);
boost::asio::awaitable<base::result<opened_session>> make_session(service& in, protocol::user_id user, device_wish wish);
// Random tokens; with `refresh` a pair whose access token expires.
session_tokens draw_tokens(service const& in, bool refresh);

// scrypt with a random salt, off the loop. Error: M_WEAK_PASSWORD (it is empty).
boost::asio::awaitable<base::result<std::string>> hash_off_loop(service& in, base::secret password);
// Whether that is the user's password. Takes as long for a user that there is not.
boost::asio::awaitable<base::result<bool>> is_password_of(service& in, std::string user, base::secret password);
// The user that a login names: "identifier", or its older spelling "user"; a full id or a localpart. Errors: M_UNKNOWN, M_MISSING_PARAM.
base::result<std::string> read_identifier(service const& in, boost::json::object const& body);

}  // namespace chatrixcd::homeserver
