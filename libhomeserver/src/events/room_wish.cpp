// SPDX-License-Identifier: Apache-2.0
#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <string_view>
#include <utility>

#include <chatrixcd/base/json_reader.hpp>

#include "api/refusal.hpp"
#include "events/room_maker.hpp"

namespace chatrixcd::homeserver {

namespace json = boost::json;

namespace {

result<void> read_object(json::object const& from, std::string_view key, json::object& into) {
    auto const* value = from.if_contains(key);
    if (value == nullptr || value->is_null()) return {};
    if (!value->is_object()) return bad_json(std::string(key) + " is no object");
    into = value->get_object();
    return {};
}

result<json::array> read_array(json::object const& from, std::string_view key) {
    auto const* value = from.if_contains(key);
    if (value == nullptr || value->is_null()) return json::array();
    if (!value->is_array()) return bad_json(std::string(key) + " is no array");
    return value->get_array();
}

result<initial_state> read_state(json::value const& from) {
    if (!from.is_object()) return bad_json("initial_state holds something that is no object");
    initial_state state;
    base::json_reader reader(from.get_object(), "initial_state");
    reader.required("type", state.type).optional("state_key", state.state_key);
    if (auto read = reader.finish(); !read) return bad_json(read.error().message());
    auto const* content = base::find_object(from.get_object(), "content");
    if (content == nullptr) return bad_json("initial_state: content is no object");
    state.content = *content;
    return state;
}

result<void> read_lists(json::object const& body, room_wish& wish) {
    auto states = read_array(body, "initial_state");
    if (!states) return states.error();
    for (auto const& entry : states.value()) {
        auto state = read_state(entry);
        if (!state) return state.error();
        wish.state.push_back(std::move(state.value()));
    }
    auto invites = read_array(body, "invite");
    if (!invites) return invites.error();
    for (auto const& entry : invites.value()) {
        if (!entry.is_string()) return bad_json("invite holds something that is no string");
        wish.invite.emplace_back(entry.get_string());
    }
    auto others = read_array(body, "invite_3pid");
    if (!others) return others.error();
    if (!others.value().empty()) return bad_request("M_THREEPID_DENIED", "this server invites nobody by mail or telephone");
    return {};
}

result<void> read_preset(std::string const& preset, std::string const& visibility, room_wish& wish) {
    if (visibility != "public" && visibility != "private" && !visibility.empty()) return invalid_param("visibility is unknown");
    auto const chosen = !preset.empty() ? preset : visibility == "public" ? "public_chat" : "private_chat";
    if (chosen != "private_chat" && chosen != "public_chat" && chosen != "trusted_private_chat") return invalid_param("preset is unknown");
    wish.is_public = chosen == "public_chat";
    wish.is_trusted = chosen == "trusted_private_chat";
    return {};
}

}  // namespace

result<protocol::room_version const*> usable_version(std::string const& id) {
    auto const known = protocol::find_room_version(id);
    if (!known || !known.value()->complete) return bad_request("M_UNSUPPORTED_ROOM_VERSION", "rooms here have version 10, 11 or 12");
    return known.value();
}

result<room_wish> room_wish::read(json::object const& body) {
    room_wish wish;
    std::string preset;
    std::string visibility;
    std::string version;
    base::json_reader reader(body, "request");
    reader.optional("preset", preset).optional("visibility", visibility).optional("room_version", version);
    reader.optional("name", wish.name).optional("topic", wish.topic).optional("room_alias_name", wish.alias);
    reader.optional("is_direct", wish.is_direct);
    if (auto read = reader.finish(); !read) return bad_json(read.error().message());
    if (auto read = read_preset(preset, visibility, wish); !read) return read.error();
    if (auto read = read_lists(body, wish); !read) return read.error();
    if (auto read = read_object(body, "creation_content", wish.creation_content); !read) return read.error();
    if (auto read = read_object(body, "power_level_content_override", wish.power_levels); !read) return read.error();
    wish.is_listed = visibility == "public";
    if (version.empty()) return wish;
    auto known = usable_version(version);
    if (!known) return known.error();
    wish.version = known.value();
    return wish;
}

}  // namespace chatrixcd::homeserver
