// SPDX-License-Identifier: Apache-2.0
// Telling the homeserver's administrators of what should not be there (client-server API, "Reporting Content"). A handle: cheap to copy,
// must not outlive its client, used on the client's executor. Each call makes a report, and is therefore not repeated after a lost
// answer (timeout_unknown). Errors: not_found, unsupported.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>

#include <chatrixcd/matrix/ids.hpp>

namespace chatrixcd::matrix {

namespace detail {
class runtime;
}

class reports {
public:
    explicit reports(detail::runtime& of) : runtime_(&of) {}

    boost::asio::awaitable<result<void>> event(room_id room, event_id id, std::string reason) const;
    boost::asio::awaitable<result<void>> room(room_id room, std::string reason) const;
    boost::asio::awaitable<result<void>> user(user_id user, std::string reason) const;

private:
    detail::runtime* runtime_;
};

}  // namespace chatrixcd::matrix
