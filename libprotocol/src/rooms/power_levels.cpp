// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <charconv>
#include <utility>

#include <chatrixcd/protocol/power_levels.hpp>

#include "json/integer.hpp"

namespace json = boost::json;

namespace chatrixcd::protocol {

namespace {

using field = power_levels::field;
using level_map = power_levels::level_map;

constexpr std::int64_t creator_level = 100;
constexpr std::int64_t notification_default = 50;

struct field_traits {
    std::string_view name;
    std::int64_t default_level;
};
// In the order of power_levels::field.
constexpr std::array<field_traits, power_levels::field_count> fields{
    {{"users_default", 0}, {"events_default", 0}, {"state_default", 50}, {"ban", 50}, {"redact", 50}, {"kick", 50}, {"invite", 0}}};

base::error refusal(std::string_view where, std::string_view what) {
    return base::error(base::error_kind::invalid, "m.room.power_levels: " + std::string(where) + " " + std::string(what));
}

// Old rooms hold strings such as " 50 " and "+50".
std::optional<std::int64_t> number_in(std::string_view text) {
    auto const first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return std::nullopt;
    text = text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
    if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
    std::int64_t number = 0;
    auto const [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

std::optional<std::int64_t> as_level(json::value const& value, room_version const& version) {
    if (auto const number = as_integer(value)) return number;
    if (!version.integer_power_levels && value.is_string()) return number_in(value.get_string());
    return std::nullopt;
}

result<level_map> as_levels(json::object const& content, std::string_view key, room_version const& version) {
    level_map levels;
    auto const* value = content.if_contains(key);
    if (value == nullptr) return levels;
    if (!value->is_object()) return refusal(key, "is not an object");
    for (auto const& entry : value->get_object()) {
        auto const level = as_level(entry.value(), version);
        if (!level) return refusal(key, "has a level that is not an integer");
        levels.emplace(entry.key(), *level);
    }
    return levels;
}

}  // namespace

std::string_view to_string(power_levels::field which) noexcept { return fields[static_cast<std::size_t>(which)].name; }

power_levels::power_levels(room_version const& version, std::vector<user_id> creators)
    : creators_(std::move(creators)), privileged_creators_(version.privileged_creators) {}

power_levels power_levels::without_event(room_version const& version, std::vector<user_id> creators) {
    power_levels levels(version, std::move(creators));
    if (!version.privileged_creators && !levels.creators_.empty()) levels.users_.emplace(levels.creators_.front().str(), creator_level);
    return levels;
}

result<power_levels> power_levels::parse(json::object const& content, room_version const& version, std::vector<user_id> creators) {
    power_levels levels(version, std::move(creators));
    for (std::size_t i = 0; i < field_count; ++i) {
        auto const* value = content.if_contains(fields[i].name);
        if (value == nullptr) continue;
        levels.scalars_[i] = as_level(*value, version);
        if (!levels.scalars_[i]) return refusal(fields[i].name, "is not an integer");
    }
    for (auto const& [key, member] :
         {std::pair("events", &power_levels::events_), std::pair("notifications", &power_levels::notifications_),
          std::pair("users", &power_levels::users_)}) {
        auto map = as_levels(content, key, version);
        if (!map) return map.error();
        levels.*member = *std::move(map);
    }
    for (auto const& [user, level] : levels.users_) {
        if (!user_id::parse(user)) return refusal("users", "has a key that is not a user id");
    }
    return levels;
}

power_level power_levels::level_of(user_id const& user) const {
    if (privileged_creators_ && std::ranges::find(creators_, user) != creators_.end()) return power_level::infinite();
    auto const found = users_.find(user.str());
    return found != users_.end() ? found->second : get(field::users_default);
}

std::int64_t power_levels::required_for(std::string_view type, bool is_state) const {
    auto const found = events_.find(type);
    if (found != events_.end()) return found->second;
    return get(is_state ? field::state_default : field::events_default);
}

std::int64_t power_levels::notification(std::string_view key) const {
    auto const found = notifications_.find(key);
    return found != notifications_.end() ? found->second : notification_default;
}

std::int64_t power_levels::get(field which) const { return given(which).value_or(fields[static_cast<std::size_t>(which)].default_level); }

}  // namespace chatrixcd::protocol
