// SPDX-License-Identifier: Apache-2.0
#include "api/remote_users.hpp"

#include <chatrixcd/protocol/ids.hpp>

#include "api/refusal.hpp"

namespace chatrixcd::homeserver {

result<bool> is_ours(step const& s, std::string const& user, boost::json::object& failures) {
    auto const id = protocol::user_id::parse(user);
    if (!id) return invalid_param("that is no user id: " + user);
    auto const server = id.value().server();
    if (server == s.server.name) return true;
    auto& failure = failures[server.str()].emplace_object();
    failure["status"] = 503;
    failure["message"] = "this server talks to no others";
    return false;
}

}  // namespace chatrixcd::homeserver
