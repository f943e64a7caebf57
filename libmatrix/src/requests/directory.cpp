// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/matrix/directory.hpp>

#include <algorithm>

#include "client/runtime.hpp"
#include "requests/ask.hpp"
#include "requests/read.hpp"

namespace chatrixcd::matrix {

namespace asio = boost::asio;
namespace json = boost::json;
using detail::call;
using detail::client_path;
using detail::path_below;
using detail::text_of;

namespace {

constexpr std::string_view v1 = "/_matrix/client/v1";

std::vector<std::string> words_of(json::object const& from, std::string_view key) {
    std::vector<std::string> found;
    auto const* list = base::find_array(from, key);
    if (list == nullptr) return found;
    for (auto const& item : *list) {
        if (item.is_string()) found.emplace_back(item.get_string());
    }
    return found;
}

std::vector<space_child> children_from(json::object const& said) {
    std::vector<space_child> found;
    auto const* events = base::find_array(said, "children_state");
    if (events == nullptr) return found;
    for (auto const& item : *events) {
        auto const* event = item.if_object();
        if (event == nullptr || text_of(*event, "type") != "m.space.child") continue;
        auto const* content = base::find_object(*event, "content");
        space_child child;
        child.room = detail::id_of<room_id>(*event, "state_key");
        if (content == nullptr || child.room.empty()) continue;
        child.via = words_of(*content, "via");
        if (child.via.empty()) continue;  // a child that was taken away (client-server API, "m.space.child")
        child.suggested = detail::flag_of(*content, "suggested");
        child.order = text_of(*content, "order");
        found.push_back(std::move(child));
    }
    return found;
}

std::optional<listed_room> info_from(json::value const& item) {
    auto const* said = item.if_object();
    if (said == nullptr) return std::nullopt;
    listed_room found;
    found.room = detail::id_of<room_id>(*said, "room_id");
    if (found.room.empty()) return std::nullopt;
    found.name = text_of(*said, "name");
    found.topic = text_of(*said, "topic");
    found.canonical_alias = text_of(*said, "canonical_alias");
    found.avatar_url = text_of(*said, "avatar_url");
    found.join_rule = base::find_string(*said, "join_rule").value_or("public");
    found.room_type = text_of(*said, "room_type");
    found.version = text_of(*said, "room_version");
    if (found.version.empty()) found.version = text_of(*said, "im.nheko.summary.room_version");
    found.joined_members = base::find_integer(*said, "num_joined_members").value_or(0);
    found.world_readable = detail::flag_of(*said, "world_readable");
    found.guests_can_join = detail::flag_of(*said, "guest_can_join");
    found.encrypted = !text_of(*said, "encryption").empty() || !text_of(*said, "im.nheko.summary.encryption").empty();
    found.children = children_from(*said);
    found.raw = detail::keep(*said);
    return found;
}

result<page<listed_room>> page_from(json::object const& answer, std::string_view list_name) {
    auto const* list = base::find_array(answer, list_name);
    if (list == nullptr) return detail::incomplete("the list of rooms has no rooms");
    page<listed_room> found;
    for (auto const& item : *list) {
        if (auto info = info_from(item)) found.items.push_back(std::move(*info));
    }
    found.next = text_of(answer, "next_batch");
    return found;
}

result<resolved_alias> resolved_from(json::object const& answer) {
    auto room = detail::read_room_id(answer);
    if (!room) return room.error();
    resolved_alias found;
    found.room = std::move(*room);
    found.servers = words_of(answer, "servers");
    return found;
}

asio::awaitable<result<void>> set(directory of, detail::runtime& runtime, room_alias alias, room_id room) {
    json::object body;
    body["room_id"] = room.str();
    auto request = call::put(client_path({"directory", "room", alias.str()})).body(body).named("making the alias " + alias.str());
    auto const done = co_await tell(runtime, std::move(request));
    if (done || done.error().kind() != error_kind::conflict) co_return done;
    // Perhaps our own request, whose answer was lost.
    auto const there = co_await of.resolve(alias);
    if (there && there->room == room) co_return result<void>();
    co_return done;
}

}  // namespace

room_query room_query::server(std::string name) && {
    server_ = std::move(name);
    return std::move(*this);
}

room_query room_query::containing(std::string words) && {
    words_ = std::move(words);
    return std::move(*this);
}

room_query room_query::of_type(std::string room_type) && {
    types_.push_back(std::move(room_type));
    return std::move(*this);
}

room_query room_query::page_size(std::size_t entries) && {
    page_size_ = std::clamp<std::size_t>(entries, 1, 500);
    return std::move(*this);
}

json::object room_query::request(std::string const& since) const {
    json::object body;
    body["limit"] = page_size_;
    if (!since.empty()) body["since"] = since;
    json::object filter;
    if (!words_.empty()) filter["generic_search_term"] = words_;
    if (!types_.empty()) {
        json::array types;
        for (auto const& type : types_) types.push_back(type.empty() ? json::value(nullptr) : json::value(type));
        filter["room_types"] = std::move(types);
    }
    if (!filter.empty()) body["filter"] = std::move(filter);
    return body;
}

asio::awaitable<result<resolved_alias>> directory::resolve(room_alias alias) const {
    auto request = call::get(client_path({"directory", "room", alias.str()})).named("looking up " + alias.str());
    return detail::ask_for<resolved_alias>(*runtime_, std::move(request), resolved_from);
}

asio::awaitable<result<void>> directory::set_alias(room_alias alias, room_id room) const {
    return set(*this, *runtime_, std::move(alias), std::move(room));
}

asio::awaitable<result<void>> directory::remove_alias(room_alias alias) const {
    return tell(*runtime_, call::remove(client_path({"directory", "room", alias.str()})).named("removing the alias " + alias.str()));
}

asio::awaitable<result<std::vector<room_alias>>> directory::aliases(room_id room) const {
    auto request = call::get(client_path({"rooms", room.str(), "aliases"})).named("listing the room's aliases");
    return detail::ask_for<std::vector<room_alias>>(*runtime_, feature::room_aliases, std::move(request),
                                                    [](json::object const& o) { return detail::read_ids<room_alias>(o, "aliases"); });
}

asio::awaitable<result<bool>> directory::is_published(room_id room) const {
    auto request = call::get(client_path({"directory", "list", "room", room.str()})).named("asking whether the room is published");
    return detail::ask_for<bool>(*runtime_, feature::room_visibility, std::move(request),
                                 [](json::object const& o) -> result<bool> { return text_of(o, "visibility") == "public"; });
}

asio::awaitable<result<void>> directory::publish(room_id room, bool on) const {
    json::object body;
    body["visibility"] = on ? "public" : "private";
    auto request = call::put(client_path({"directory", "list", "room", room.str()})).body(body).named("publishing the room");
    return tell(*runtime_, feature::room_visibility, std::move(request));
}

pages<listed_room> directory::public_rooms(room_query which) const {
    return pages<listed_room>([of = runtime_, which = std::move(which)](std::string since) {
        auto request = call::post(client_path({"publicRooms"})).body(which.request(since)).again().named("listing public rooms");
        if (!which.server_name().empty()) request = std::move(request).query("server", which.server_name());
        return detail::ask_for<page<listed_room>>(*of, feature::public_rooms, std::move(request),
                                                  [](json::object const& o) { return page_from(o, "chunk"); });
    });
}

asio::awaitable<result<listed_room>> directory::summary(std::string room_or_alias, std::vector<std::string> via) const {
    auto request = call::get(path_below(v1, {"room_summary", room_or_alias}));
    auto older = call::get(path_below("/_matrix/client/unstable/im.nheko.summary", {"summary", room_or_alias}));
    for (auto const& server : via) {
        request = std::move(request).query("via", server);
        older = std::move(older).query("via", server);
    }
    request = std::move(request).named("asking about " + room_or_alias);
    older = std::move(older).named("asking about " + room_or_alias);
    return detail::ask_for<listed_room>(*runtime_, feature::room_summary, std::move(request), std::move(older),
                                        [](json::object const& o) -> result<listed_room> {
                                            auto found = info_from(o);
                                            if (!found) return detail::incomplete("the summary names no room");
                                            return std::move(*found);
                                        });
}

pages<listed_room> directory::hierarchy(room_id space, std::optional<unsigned> depth, bool suggested_only) const {
    return pages<listed_room>([of = runtime_, space = std::move(space), depth, suggested_only](std::string from) {
        auto request =
            call::get(path_below(v1, {"rooms", space.str(), "hierarchy"})).query("limit", "50").named("listing the space's rooms");
        if (depth) request = std::move(request).query("max_depth", std::to_string(*depth));
        if (suggested_only) request = std::move(request).query("suggested_only", "true");
        if (!from.empty()) request = std::move(request).query("from", from);
        return detail::ask_for<page<listed_room>>(*of, feature::hierarchy, std::move(request),
                                                  [](json::object const& o) { return page_from(o, "rooms"); });
    });
}

asio::awaitable<result<room_id>> directory::upgrade(room_id room, std::string version, std::vector<user_id> creators) const {
    json::object body;
    body["new_version"] = version;
    if (!creators.empty()) {
        json::array others;
        for (auto const& user : creators) others.emplace_back(user.str());
        body["additional_creators"] = std::move(others);
    }
    auto request = call::post(client_path({"rooms", room.str(), "upgrade"})).body(body).named("upgrading the room to version " + version);
    return detail::ask_for<room_id>(*runtime_, feature::room_upgrade, std::move(request), [](json::object const& o) -> result<room_id> {
        auto id = room_id::parse(text_of(o, "replacement_room"));
        if (!id) return detail::incomplete("the homeserver does not name the new room");
        return std::move(*id);
    });
}

directory client::directory() const { return matrix::directory(*runtime_); }

}  // namespace chatrixcd::matrix
