// SPDX-License-Identifier: Apache-2.0
#include "events/event_filter.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <utility>

#include "api/refusal.hpp"

namespace chatrixcd::homeserver {

namespace json = boost::json;

namespace {

constexpr std::size_t most_events = 1000;

result<void> read_names(json::object const& from, std::string_view key, std::optional<std::vector<std::string>>& into) {
    auto const* value = from.if_contains(key);
    if (value == nullptr || value->is_null()) return {};
    if (!value->is_array()) return bad_json("filter: " + std::string(key) + " is no array");
    into.emplace();
    for (auto const& entry : value->get_array()) {
        if (!entry.is_string()) return bad_json("filter: " + std::string(key) + " holds something that is no string");
        into->emplace_back(entry.get_string());
    }
    return {};
}

result<void> read_flag(json::object const& from, std::string_view key, std::optional<bool>& into) {
    auto const* value = from.if_contains(key);
    if (value == nullptr || value->is_null()) return {};
    if (!value->is_bool()) return bad_json("filter: " + std::string(key) + " is no boolean");
    into = value->get_bool();
    return {};
}

// '*' stands for any sequence of characters.
bool fits(std::string_view pattern, std::string_view text) {
    std::size_t p = 0;
    std::size_t t = 0;
    auto star = std::string_view::npos;
    std::size_t resume = 0;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            resume = t;
        } else if (p < pattern.size() && pattern[p] == text[t]) {
            ++p;
            ++t;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            t = ++resume;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*') ++p;
    return p == pattern.size();
}

bool has(std::vector<std::string> const& names, std::string_view name) { return std::ranges::find(names, name) != names.end(); }

bool has_pattern(std::vector<std::string> const& patterns, std::string_view name) {
    return std::ranges::any_of(patterns, [name](std::string const& pattern) { return fits(pattern, name); });
}

// Reads the filter below a key, if there is one.
result<void> read_part(json::object const& from, std::string_view key, event_filter& into) {
    auto const* value = from.if_contains(key);
    if (value == nullptr || value->is_null()) return {};
    if (!value->is_object()) return bad_json("filter: " + std::string(key) + " is no object");
    auto part = event_filter::parse(value->get_object());
    if (!part) return part.error();
    into = std::move(part.value());
    return {};
}

// Whether `event_format` asks for events as servers exchange them.
result<bool> read_format(json::object const& from) {
    auto const* value = from.if_contains("event_format");
    if (value == nullptr || value->is_null()) return false;
    if (!value->is_string()) return bad_json("filter: event_format is no string");
    auto const& format = value->get_string();
    if (format != "client" && format != "federation") return bad_json("filter: event_format is client or federation");
    return format == "federation";
}

}  // namespace

result<event_filter> event_filter::parse(json::object const& object) {
    event_filter filter;
    std::pair<std::string_view, names*> const lists[] = {
        {"types", &filter.types_}, {"not_types", &filter.not_types_}, {"senders", &filter.senders_}, {"not_senders", &filter.not_senders_},
        {"rooms", &filter.rooms_}, {"not_rooms", &filter.not_rooms_},
    };
    for (auto const& [key, into] : lists) {
        if (auto read = read_names(object, key, *into); !read) return read.error();
    }
    std::optional<bool> lazy;
    std::optional<bool> redundant;
    if (auto read = read_flag(object, "lazy_load_members", lazy); !read) return read.error();
    if (auto read = read_flag(object, "include_redundant_members", redundant); !read) return read.error();
    if (auto read = read_flag(object, "contains_url", filter.contains_url_); !read) return read.error();
    filter.lazy_load_members_ = lazy.value_or(false);
    filter.include_redundant_members_ = redundant.value_or(false);
    if (auto const* limit = object.if_contains("limit"); limit != nullptr && !limit->is_null()) {
        if (!limit->is_int64() || limit->get_int64() < 0) return bad_json("filter: limit is no positive integer");
        filter.limit_ = static_cast<std::size_t>(limit->get_int64());
    }
    return filter;
}

bool event_filter::matches(std::string_view type, std::string_view sender) const {
    if (not_types_ && has_pattern(*not_types_, type)) return false;
    if (types_ && !has_pattern(*types_, type)) return false;
    if (not_senders_ && has(*not_senders_, sender)) return false;
    return !senders_ || has(*senders_, sender);
}

bool event_filter::matches(std::string_view type, std::string_view sender, json::object const& content) const {
    return matches(type, sender) && (!contains_url_ || content.contains("url") == *contains_url_);
}

bool event_filter::matches_room(std::string_view room) const {
    if (not_rooms_ && has(*not_rooms_, room)) return false;
    return !rooms_ || has(*rooms_, room);
}

std::size_t event_filter::limit(std::size_t otherwise) const { return std::clamp<std::size_t>(limit_.value_or(otherwise), 1, most_events); }

result<sync_filter> sync_filter::parse(json::object const& object) {
    sync_filter filter;
    auto fields = event_fields::parse(object.if_contains("event_fields"));
    if (!fields) return fields.error();
    filter.fields = std::move(fields.value());
    auto format = read_format(object);
    if (!format) return format.error();
    filter.as_federation = format.value();
    if (auto read = read_part(object, "account_data", filter.account_data); !read) return read.error();
    if (auto read = read_part(object, "presence", filter.presence); !read) return read.error();
    auto const* value = object.if_contains("room");
    if (value == nullptr || value->is_null()) return filter;
    if (!value->is_object()) return bad_json("filter: room is no object");
    auto const& room = value->get_object();
    auto rooms = event_filter::parse(room);
    if (!rooms) return rooms.error();
    filter.rooms = std::move(rooms.value());
    std::pair<std::string_view, event_filter*> const parts[] = {
        {"timeline", &filter.timeline},
        {"state", &filter.state},
        {"ephemeral", &filter.ephemeral},
        {"account_data", &filter.room_account_data},
    };
    for (auto const& [key, into] : parts) {
        if (auto read = read_part(room, key, *into); !read) return read.error();
    }
    std::optional<bool> leave;
    if (auto read = read_flag(room, "include_leave", leave); !read) return read.error();
    filter.include_leave = leave.value_or(false);
    return filter;
}

}  // namespace chatrixcd::homeserver
