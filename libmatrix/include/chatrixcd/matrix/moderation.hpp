// SPDX-License-Identifier: Apache-2.0
// Who is in a room, and who has to go (client-server API, "Room membership"). A handle: cheap to copy, must not outlive its client, used on
// the client's executor.
//
// Whether we may is the homeserver's to say (power levels): error `forbidden`. Reasons are shown to everybody in the room; none if empty.
// "Idempotent": asked again, the same holds; the room may then have a second event that changes nothing. Such a request is repeated
// after a lost answer.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <chatrixcd/matrix/ids.hpp>
#include <chatrixcd/matrix/raw_json.hpp>

namespace chatrixcd::matrix {

namespace detail {
class runtime;
}

// "m.room.member" states.
enum class membership_state : std::uint8_t { invite, join, knock, leave, ban };
std::string_view to_string(membership_state s) noexcept;

// One member event.
struct room_member {
    user_id user;
    membership_state state = membership_state::leave;
    std::string display_name;  // chosen by the user: shown, never used to decide
    std::string avatar_url;    // as above; mxc_uri::parse() it
    std::string reason;
    user_id changed_by;  // who sent it
    raw_json raw;        // the whole event
};

class moderation {
public:
    moderation(detail::runtime& of, room_id room) : runtime_(&of), room_(std::move(room)) {}

    // Idempotent. Accepts a knock, too. Errors: forbidden (also for a member, and for somebody banned).
    boost::asio::awaitable<result<void>> invite(user_id user, std::string reason = {}) const;
    // Not repeated after a lost answer (timeout_unknown): meanwhile the user may have come back. Withdraws an invitation or refuses a
    // knock, too. Errors: forbidden (also for somebody who is not in the room).
    boost::asio::awaitable<result<void>> kick(user_id user, std::string reason = {}) const;
    // Idempotent. The user need not be in the room.
    boost::asio::awaitable<result<void>> ban(user_id user, std::string reason = {}) const;
    // Idempotent but for its error `forbidden` for somebody who is not banned. The user may come back, if invited where that is needed.
    boost::asio::awaitable<result<void>> unban(user_id user, std::string reason = {}) const;

    // As the homeserver knows them now; room::members() is as of the last sync. Without a filter all that there ever were. Malformed
    // entries are left out. Up to 64 MiB of answer; error `too_large` beyond.
    boost::asio::awaitable<result<std::vector<room_member>>> members(std::optional<membership_state> only = std::nullopt) const;
    // Who is in the room now, with the names that they show; cheaper than members().
    boost::asio::awaitable<result<std::vector<room_member>>> joined_members() const;

private:
    detail::runtime* runtime_;
    room_id room_;
};

}  // namespace chatrixcd::matrix
