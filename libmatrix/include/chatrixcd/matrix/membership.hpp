// SPDX-License-Identifier: Apache-2.0
// Which rooms this account is in (client-server API, "Room membership"). client::join() and room::leave() are there for the common cases.
// A handle: cheap to copy, must not outlive its client, used on the client's executor.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>
#include <vector>

#include <chatrixcd/matrix/ids.hpp>

namespace chatrixcd::matrix {

namespace detail {
class runtime;
}

class membership {
public:
    explicit membership(detail::runtime& of) : runtime_(&of) {}

    // Asks to be let in, by room id or alias; `via` are servers to ask through; members see the reason. Idempotent (a second request
    // changes the reason at most). Errors: forbidden (no knocking here, banned, or a member already), not_found, unsupported.
    boost::asio::awaitable<result<room_id>> knock(std::string room_or_alias, std::vector<std::string> via = {},
                                                  std::string reason = {}) const;
    // A room that was left disappears from our account's history. Idempotent. Error `invalid`: we are still in it.
    boost::asio::awaitable<result<void>> forget(room_id room) const;
    // As the homeserver knows it now; client::rooms() is as of the last sync. Idempotent.
    boost::asio::awaitable<result<std::vector<room_id>>> joined_rooms() const;

private:
    detail::runtime* runtime_;
};

}  // namespace chatrixcd::matrix
