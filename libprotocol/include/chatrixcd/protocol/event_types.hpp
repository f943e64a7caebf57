// SPDX-License-Identifier: Apache-2.0
// The event types that the room itself is made of.
#pragma once

#include <string_view>

namespace chatrixcd::protocol::event_types {

inline constexpr std::string_view create = "m.room.create";
inline constexpr std::string_view member = "m.room.member";
inline constexpr std::string_view join_rules = "m.room.join_rules";
inline constexpr std::string_view power_levels = "m.room.power_levels";
inline constexpr std::string_view third_party_invite = "m.room.third_party_invite";
inline constexpr std::string_view history_visibility = "m.room.history_visibility";
inline constexpr std::string_view aliases = "m.room.aliases";
inline constexpr std::string_view redaction = "m.room.redaction";

}  // namespace chatrixcd::protocol::event_types
