// SPDX-License-Identifier: Apache-2.0
// Who may do what in a room: m.room.power_levels with its defaults, and the creators (client-server API, "m.room.power_levels";
// room version 12, MSC4289).
#pragma once

#include <array>
#include <boost/json/fwd.hpp>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <chatrixcd/protocol/ids.hpp>
#include <chatrixcd/protocol/room_version.hpp>

namespace chatrixcd::protocol {

// A number, or the level of a creator, which is above every number.
class power_level {
public:
    constexpr power_level(std::int64_t number) noexcept : number_(number) {}
    static constexpr power_level infinite() noexcept {
        power_level level(0);
        level.infinite_ = true;
        return level;
    }

    constexpr bool is_infinite() const noexcept { return infinite_; }
    // 0 if it is infinite.
    constexpr std::int64_t number() const noexcept { return number_; }
    friend constexpr auto operator<=>(power_level const&, power_level const&) = default;

private:
    bool infinite_ = false;
    std::int64_t number_;
};

// The creators of a room, from the sender and the content of its create event: content.creator up to version 10, then the sender,
// in version 12 with content.additional_creators. Error `invalid` if that member is malformed.
result<std::vector<user_id>> room_creators(room_version const& version, user_id const& sender, boost::json::object const& create_content);

class power_levels {
public:
    using level_map = std::map<std::string, std::int64_t, std::less<>>;
    // The members that are one number.
    enum class field : std::uint8_t { users_default, events_default, state_default, ban, redact, kick, invite };
    static constexpr std::size_t field_count = 7;

    // Of a room without the event: where creators are not privileged, the first has 100.
    static power_levels without_event(room_version const& version, std::vector<user_id> creators);
    // Error `invalid`, naming the member: a level that is no integer (before version 10 a string of one will do), `events`,
    // `notifications` or `users` no object, a key of `users` no user id.
    static result<power_levels> parse(boost::json::object const& content, room_version const& version, std::vector<user_id> creators);

    power_level level_of(user_id const& user) const;
    // What it takes to send an event of this type.
    std::int64_t required_for(std::string_view type, bool is_state) const;
    std::int64_t invite() const { return get(field::invite); }
    std::int64_t kick() const { return get(field::kick); }
    std::int64_t ban() const { return get(field::ban); }
    std::int64_t redact() const { return get(field::redact); }
    // What it takes to notify, e.g. "room" for @room; 50 if it is not given.
    std::int64_t notification(std::string_view key) const;
    // The level, or its default.
    std::int64_t get(field which) const;

    // As given, without defaults; without the event, the creator's 100 is among the users.
    std::optional<std::int64_t> given(field which) const { return scalars_[static_cast<std::size_t>(which)]; }
    level_map const& events() const noexcept { return events_; }
    level_map const& notifications() const noexcept { return notifications_; }
    level_map const& users() const noexcept { return users_; }
    std::vector<user_id> const& creators() const noexcept { return creators_; }

private:
    power_levels(room_version const& version, std::vector<user_id> creators);

    std::array<std::optional<std::int64_t>, field_count> scalars_;
    level_map events_;
    level_map notifications_;
    level_map users_;
    std::vector<user_id> creators_;
    bool privileged_creators_;
};

// The member's name, e.g. "state_default".
std::string_view to_string(power_levels::field which) noexcept;

}  // namespace chatrixcd::protocol
