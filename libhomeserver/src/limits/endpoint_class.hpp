// SPDX-License-Identifier: Apache-2.0
// Which of the server's limits counts for an endpoint.
#pragma once

#include <cstdint>
#include <string_view>

#include <chatrixcd/base/http.hpp>
#include <chatrixcd/homeserver/server.hpp>

namespace chatrixcd::homeserver {

enum class endpoint_class : std::uint8_t {
    unlimited,  // what waits by itself, or is asked once: /sync, /versions
    messages,   // what puts events into rooms or onto devices
    rooms,      // making rooms, and who is in them
    logins,     // what checks a password, or makes an account; counted by address before there is a user
    media,
    others,
};

// Of a route's pattern, without its prefix ("/rooms/{room}/send/{type}/{txn}") or with it.
endpoint_class classify(base::http::method verb, std::string_view pattern);
rate_limit const& limit_of(rate_limits const& limits, endpoint_class kind);
std::string_view name_of(endpoint_class kind);

}  // namespace chatrixcd::homeserver
