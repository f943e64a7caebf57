// SPDX-License-Identifier: Apache-2.0
// The small readers that several topics share. All take foreign JSON; what is malformed in a list is left out.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <string>
#include <vector>

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/matrix/event.hpp>
#include <chatrixcd/matrix/raw_json.hpp>

#include "requests/ask.hpp"

namespace chatrixcd::matrix::detail {

inline raw_json keep(boost::json::object const& said) { return std::make_shared<boost::json::object const>(said); }

inline std::string text_of(boost::json::object const& from, std::string_view key) {
    return base::find_string(from, key).value_or(std::string());
}

inline bool flag_of(boost::json::object const& from, std::string_view key) {
    auto const* found = from.if_contains(key);
    return found != nullptr && found->is_bool() && found->get_bool();
}

// An id, or an empty one.
template <class Id>
Id id_of(boost::json::object const& from, std::string_view key) {
    auto parsed = Id::parse(text_of(from, key));
    return parsed ? std::move(*parsed) : Id();
}

template <class Id>
std::vector<Id> ids_of(boost::json::array const& from) {
    std::vector<Id> found;
    for (auto const& item : from) {
        if (!item.is_string()) continue;
        auto id = Id::parse(std::string(item.get_string()));
        if (id) found.push_back(std::move(*id));
    }
    return found;
}

// The ids of a list that must be there.
template <class Id>
result<std::vector<Id>> read_ids(boost::json::object const& from, std::string_view key) {
    auto const* list = base::find_array(from, key);
    if (list == nullptr) return incomplete("the homeserver's answer has no list \"" + std::string(key) + "\"");
    return ids_of<Id>(*list);
}

inline result<room_id> read_room_id(boost::json::object const& from) {
    auto id = room_id::parse(text_of(from, "room_id"));
    if (!id) return incomplete("the homeserver's answer names no room");
    return id;
}

inline std::vector<event> events_of(boost::json::object const& from, std::string_view key) {
    std::vector<event> found;
    auto const* list = base::find_array(from, key);
    if (list == nullptr) return found;
    for (auto const& item : *list) {
        if (!item.is_object()) continue;
        auto parsed = event::parse(item.get_object());
        if (parsed) found.push_back(std::move(*parsed));
    }
    return found;
}

}  // namespace chatrixcd::matrix::detail
