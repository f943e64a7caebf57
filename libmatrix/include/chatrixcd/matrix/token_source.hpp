// SPDX-License-Identifier: Apache-2.0
// Where access tokens come from. login.hpp has the usual sources; a source of one's own implements acquire() and, if its tokens expire,
// refresh(). The client asks for one token at a time and commits it to its store before it uses it.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/json/fwd.hpp>
#include <optional>
#include <string>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/base/http.hpp>
#include <chatrixcd/matrix/ids.hpp>

namespace chatrixcd::matrix {

// What a login gave.
class grant {
public:
    grant() = default;
    user_id user;      // empty: the client asks the homeserver
    device_id device;  // as above
    secret access_token;
    std::optional<secret> refresh_token;
    // How long the access token lives, counted from when it was given. The client asks for the next one before that; without a refresh
    // token, or without this, when the homeserver refuses the token.
    std::optional<base::duration> lifetime;
};

// What a source may use while it works: the homeserver, and the device to log in as.
class login_context {
public:
    // The transport must outlive every call.
    login_context(base::http::transport& transport, std::string homeserver, device_id device, std::string device_name);

    // The homeserver's base URL, without a slash at its end.
    std::string const& homeserver() const noexcept { return homeserver_; }
    // The device that this client is, or wants to be. Giving the same one again makes a repeated login replace its token.
    device_id const& device() const noexcept { return device_; }
    std::string const& device_name() const noexcept { return device_name_; }

    // One request to `path` ("/_matrix/client/v3/login"), with `token` if it is not empty. Errors as any request's: unavailable,
    // timeout_unknown, unauthorized, forbidden, rate_limited, protocol, …
    boost::asio::awaitable<result<boost::json::object>> call(base::http::method verb, std::string path, boost::json::object body,
                                                             secret token) const;
    base::http::transport& transport() const noexcept { return *transport_; }

private:
    base::http::transport* transport_;
    std::string homeserver_;
    device_id device_;
    std::string device_name_;
};

class token_source {
public:
    virtual ~token_source() = default;

    // Whose tokens these are; empty if only the homeserver knows. A store that belongs to somebody else is refused.
    virtual user_id account() const { return {}; }
    // The account's password, if this source has it: for requests that the homeserver wants confirmed (uia.hpp).
    virtual std::optional<secret> password() const { return std::nullopt; }
    // A new token. `unauthorized` and `forbidden` are final; retryable errors are asked again later.
    virtual boost::asio::awaitable<result<grant>> acquire(login_context where) = 0;
    // A new token for one that expires, has expired, or was refused, and came with a refresh token; by default POST /refresh. A grant
    // without a new refresh token leaves the old one in use. Errors: `unsupported` and `unauthorized` (acquire() is asked once the old
    // token is of no use), others are tried again.
    virtual boost::asio::awaitable<result<grant>> refresh(login_context where, grant expired);
    // Ends the token's life; by default POST /logout.
    virtual boost::asio::awaitable<result<void>> revoke(login_context where, grant current);
};

}  // namespace chatrixcd::matrix
