// SPDX-License-Identifier: Apache-2.0
#include "events/event_fields.hpp"

#include <boost/json/array.hpp>
#include <cstddef>
#include <string_view>
#include <utility>

#include "api/refusal.hpp"

namespace chatrixcd::homeserver {

namespace json = boost::json;

namespace {

constexpr std::size_t most_fields = 100;

// A backslash before anything but a dot or a backslash stands for itself.
std::vector<std::string> split(std::string_view field) {
    std::vector<std::string> path(1);
    for (std::size_t i = 0; i < field.size(); ++i) {
        bool const escapes = field[i] == '\\' && i + 1 < field.size() && (field[i + 1] == '.' || field[i + 1] == '\\');
        if (escapes) {
            path.back() += field[++i];
        } else if (field[i] == '.') {
            path.emplace_back();
        } else {
            path.back() += field[i];
        }
    }
    return path;
}

// Copies the value at the path, if there is one, with the objects that lead to it.
void copy(json::object const& from, std::vector<std::string> const& path, json::object& into) {
    auto const* source = &from;
    for (std::size_t i = 0; i + 1 < path.size(); ++i) {
        auto const* inner = source->if_contains(path[i]);
        if (inner == nullptr || !inner->is_object()) return;
        source = &inner->get_object();
    }
    auto const* value = source->if_contains(path.back());
    if (value == nullptr) return;
    auto* target = &into;
    for (std::size_t i = 0; i + 1 < path.size(); ++i) {
        auto& inner = (*target)[path[i]];
        if (!inner.is_object()) inner.emplace_object();
        target = &inner.get_object();
    }
    (*target)[path.back()] = *value;
}

}  // namespace

result<event_fields> event_fields::parse(json::value const* list) {
    event_fields fields;
    if (list == nullptr || list->is_null()) return fields;
    if (!list->is_array()) return bad_json("filter: event_fields is no array");
    auto const& names = list->get_array();
    if (names.size() > most_fields) return bad_json("filter: event_fields has more than 100 entries");
    fields.paths_.emplace();
    for (auto const& name : names) {
        if (!name.is_string()) return bad_json("filter: event_fields holds something that is no string");
        fields.paths_->push_back(split(name.get_string()));
    }
    return fields;
}

json::object event_fields::of(json::object event) const {
    if (!paths_) return event;
    json::object kept;
    for (auto const& path : *paths_) copy(event, path, kept);
    return kept;
}

}  // namespace chatrixcd::homeserver
