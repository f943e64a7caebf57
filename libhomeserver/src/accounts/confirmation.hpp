// SPDX-License-Identifier: Apache-2.0
// User-interactive authentication (client-server API) with the one stage m.login.password: before something grave the client is asked for
// the password once more.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/base/error.hpp>
#include <chatrixcd/base/random.hpp>

#include "api/call.hpp"

namespace chatrixcd::homeserver {

class service;

// What was asked for and not confirmed yet. In memory: a client whose session is gone begins again. For the loop's thread alone.
class confirmations {
public:
    // What a session confirms: the operation (method and path) of a user.
    struct matter {
        std::string user;
        std::string operation;
        friend bool operator==(matter const&, matter const&) = default;
    };

    // A new session's id.
    std::string open(base::random& randomness, matter what, base::duration now);
    // None if there is no such session, or no longer.
    std::optional<matter> find(std::string const& session, base::duration now);
    void close(std::string const& session) { sessions_.erase(session); }

private:
    static constexpr std::size_t most_sessions = 1000;
    static constexpr base::duration lifetime = std::chrono::minutes(15);

    struct entry {
        matter what;
        base::duration opened_at{0};
    };
    std::map<std::string, entry> sessions_;
};

// Does the work once the body's `auth` holds the caller's password; asks for it otherwise (401 with the flows).
boost::asio::awaitable<base::result<answer>> confirmed(service& in, call c,
                                                       std::function<boost::asio::awaitable<base::result<answer>>(call)> does);

}  // namespace chatrixcd::homeserver
