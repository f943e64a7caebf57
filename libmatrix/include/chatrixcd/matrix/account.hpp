// SPDX-License-Identifier: Apache-2.0
// What the homeserver keeps for our account alone (client-server API, "Client config", "Room tagging", "Ignoring users", "Direct
// messaging"), and the account itself. A handle: cheap to copy, must not outlive its client, used on the client's executor.
//
// Lists that are one object (ignored users, direct rooms) are read, changed and written back: the last of two clients that do so at the
// same time wins, as the specification has nothing better. Two such calls of one client must not overlap either.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/json/fwd.hpp>
#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <chatrixcd/matrix/ids.hpp>
#include <chatrixcd/matrix/raw_json.hpp>
#include <chatrixcd/matrix/uia.hpp>

namespace chatrixcd::matrix {

namespace detail {
class runtime;
}

// Proves to another service who we are (client-server API, "OpenID"); that service asks our homeserver.
struct open_id_token {
    secret access_token;
    std::string token_type;
    std::string server;
    std::chrono::seconds expires_in{0};
    raw_json raw;
};

class account {
public:
    explicit account(detail::runtime& of) : runtime_(&of) {}

    // Null if there is none of that type. Idempotent.
    boost::asio::awaitable<result<raw_json>> data(std::string type) const;
    boost::asio::awaitable<result<raw_json>> room_data(room_id room, std::string type) const;
    // Replaces it. Idempotent. Errors: invalid (types that the homeserver manages itself: m.push_rules, m.fully_read), too_large.
    boost::asio::awaitable<result<void>> put_data(std::string type, boost::json::object content) const;
    boost::asio::awaitable<result<void>> put_room_data(room_id room, std::string type, boost::json::object content) const;

    // Users whose events the homeserver does not send us. Idempotent.
    boost::asio::awaitable<result<std::set<user_id>>> ignored_users() const;
    boost::asio::awaitable<result<void>> ignore(user_id user) const;
    boost::asio::awaitable<result<void>> stop_ignoring(user_id user) const;

    // Our conversations with single users ("m.direct"), by user. Idempotent.
    boost::asio::awaitable<result<std::map<user_id, std::vector<room_id>>>> direct_rooms() const;
    boost::asio::awaitable<result<void>> mark_direct(user_id user, room_id room) const;
    boost::asio::awaitable<result<void>> unmark_direct(room_id room) const;

    // Tags of a room ("m.favourite", "u.work") and their order from 0 to 1, if they have one. Idempotent.
    boost::asio::awaitable<result<std::map<std::string, std::optional<double>>>> tags(room_id room) const;
    boost::asio::awaitable<result<void>> set_tag(room_id room, std::string tag, std::optional<double> order = std::nullopt) const;
    boost::asio::awaitable<result<void>> remove_tag(room_id room, std::string tag) const;

    // Has to be confirmed, as a rule by the old password. Not idempotent: after timeout_unknown either of the two is right. What the client
    // was started with must be changed by hand, or its next login fails. Errors: as devices::remove(), and invalid (M_WEAK_PASSWORD).
    boost::asio::awaitable<result<void>> change_password(secret to, bool log_out_other_devices = true,
                                                         uia::answers confirmed_by = {}) const;
    // Ends every session of the account at the homeserver, this one included; call client::stop() next. Idempotent.
    boost::asio::awaitable<result<void>> log_out_everywhere() const;
    // Each call makes a token.
    boost::asio::awaitable<result<open_id_token>> open_id() const;

private:
    detail::runtime* runtime_;
};

}  // namespace chatrixcd::matrix
