// SPDX-License-Identifier: Apache-2.0
// What a room is called and how it behaves: the state that bots change most (client-server API, "Room events"). Anything else:
// room::put_state(). A handle: cheap to copy, must not outlive its client, used on the client's executor. All are idempotent.
// Errors: forbidden (power levels), invalid.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include <chatrixcd/matrix/ids.hpp>

namespace chatrixcd::matrix {

namespace detail {
class runtime;
}

// "m.room.join_rules". restricted and knock_restricted take rooms whose members may join: put_state() is for those.
enum class join_rule : std::uint8_t { invite, knock, open };
// "m.room.history_visibility".
enum class history_visibility : std::uint8_t { joined, invited, shared, world_readable };

class room_settings {
public:
    room_settings(detail::runtime& of, room_id room) : runtime_(&of), room_(std::move(room)) {}

    boost::asio::awaitable<result<event_id>> set_name(std::string text) const;
    boost::asio::awaitable<result<event_id>> set_topic(std::string text) const;
    // An mxc URI; empty takes it away.
    boost::asio::awaitable<result<event_id>> set_avatar(std::string mxc) const;
    boost::asio::awaitable<result<event_id>> set_join_rule(join_rule rule) const;
    boost::asio::awaitable<result<event_id>> set_history_visibility(history_visibility who) const;
    boost::asio::awaitable<result<event_id>> allow_guests(bool on) const;
    // The room's main alias and its others; each must lead to the room already (directory::set_alias()).
    boost::asio::awaitable<result<event_id>> set_aliases(room_alias main, std::vector<room_alias> others = {}) const;
    // Replaces the list of pinned messages.
    boost::asio::awaitable<result<event_id>> pin(std::vector<event_id> messages) const;
    // Which servers may take part (client-server API, "Server access control lists"): globs. An empty `allow` locks out every server, ours
    // included, for good: refused as `invalid`.
    boost::asio::awaitable<result<event_id>> set_server_acl(std::vector<std::string> allow, std::vector<std::string> deny,
                                                            bool ip_literals = false) const;

private:
    detail::runtime* runtime_;
    room_id room_;
};

}  // namespace chatrixcd::matrix
