// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/matrix/room_settings.hpp>

#include "client/runtime.hpp"
#include "requests/ask.hpp"
#include "requests/read.hpp"

namespace chatrixcd::matrix {

namespace asio = boost::asio;
namespace json = boost::json;
using detail::call;
using detail::client_path;

namespace {

std::string_view word_of(join_rule rule) noexcept {
    switch (rule) {
        case join_rule::invite:
            return "invite";
        case join_rule::knock:
            return "knock";
        case join_rule::open:
            return "public";
    }
    return "invite";
}

std::string_view word_of(history_visibility who) noexcept {
    switch (who) {
        case history_visibility::joined:
            return "joined";
        case history_visibility::invited:
            return "invited";
        case history_visibility::shared:
            return "shared";
        case history_visibility::world_readable:
            return "world_readable";
    }
    return "shared";
}

result<event_id> event_from(json::object const& answer) {
    auto id = event_id::parse(detail::text_of(answer, "event_id"));
    if (!id) return detail::incomplete("the homeserver's answer names no event");
    return std::move(*id);
}

asio::awaitable<result<event_id>> put(detail::runtime& of, room_id const& room, std::string_view type, json::object const& content) {
    auto request = call::put(client_path({"rooms", room.str(), "state", type, ""})).body(content).named("changing the room's state");
    return detail::ask_for<event_id>(of, std::move(request), event_from);
}

json::object one(std::string_view key, std::string_view value) {
    json::object content;
    content[key] = value;
    return content;
}

template <class Items>
json::array list_of(Items const& items) {
    json::array list;
    for (auto const& item : items) {
        if constexpr (requires { item.str(); }) {
            list.emplace_back(item.str());
        } else {
            list.emplace_back(item);
        }
    }
    return list;
}

}  // namespace

asio::awaitable<result<event_id>> room_settings::set_name(std::string text) const {
    return put(*runtime_, room_, "m.room.name", one("name", text));
}

asio::awaitable<result<event_id>> room_settings::set_topic(std::string text) const {
    return put(*runtime_, room_, "m.room.topic", one("topic", text));
}

asio::awaitable<result<event_id>> room_settings::set_avatar(std::string mxc) const {
    return put(*runtime_, room_, "m.room.avatar", mxc.empty() ? json::object() : one("url", mxc));
}

asio::awaitable<result<event_id>> room_settings::set_join_rule(join_rule rule) const {
    return put(*runtime_, room_, "m.room.join_rules", one("join_rule", word_of(rule)));
}

asio::awaitable<result<event_id>> room_settings::set_history_visibility(history_visibility who) const {
    return put(*runtime_, room_, "m.room.history_visibility", one("history_visibility", word_of(who)));
}

asio::awaitable<result<event_id>> room_settings::allow_guests(bool on) const {
    return put(*runtime_, room_, "m.room.guest_access", one("guest_access", on ? "can_join" : "forbidden"));
}

asio::awaitable<result<event_id>> room_settings::set_aliases(room_alias main, std::vector<room_alias> others) const {
    json::object content;
    if (!main.empty()) content["alias"] = main.str();
    if (!others.empty()) content["alt_aliases"] = list_of(others);
    return put(*runtime_, room_, "m.room.canonical_alias", content);
}

asio::awaitable<result<event_id>> room_settings::pin(std::vector<event_id> messages) const {
    json::object content;
    content["pinned"] = list_of(messages);
    return put(*runtime_, room_, "m.room.pinned_events", content);
}

asio::awaitable<result<event_id>> room_settings::set_server_acl(std::vector<std::string> allow, std::vector<std::string> deny,
                                                                bool ip_literals) const {
    if (allow.empty())
        return detail::refuse<event_id>(error(error_kind::invalid, "a server ACL that allows nobody closes the room for good"));
    json::object content;
    content["allow"] = list_of(allow);
    content["deny"] = list_of(deny);
    content["allow_ip_literals"] = ip_literals;
    return put(*runtime_, room_, "m.room.server_acl", content);
}

room_settings room::settings() const { return matrix::room_settings(*runtime_, id_); }

}  // namespace chatrixcd::matrix
