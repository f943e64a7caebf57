// SPDX-License-Identifier: Apache-2.0
// From what the user wrote to the homeserver's base URL (client-server API, "Server discovery").
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>

#include <chatrixcd/base/http.hpp>
#include <chatrixcd/base/url.hpp>
#include <chatrixcd/matrix/features.hpp>

namespace chatrixcd::matrix::detail {

class found_homeserver {
public:
    found_homeserver() = default;
    std::string url;           // without a slash at its end
    server_features features;  // of its versions alone
};

// "https://…" is used as it is, without looking for a well-known file; a server name is looked up, and where it has no such file, the
// homeserver is taken to be there itself. Either way /versions must answer.
// Errors: invalid (neither a URL nor a server name), unavailable, timeout_unknown, rate_limited, protocol (no Matrix homeserver, or a
// well-known file that names none).
boost::asio::awaitable<base::result<found_homeserver>> find_homeserver(base::http::transport& transport, std::string url_or_server_name);

}  // namespace chatrixcd::matrix::detail
