// SPDX-License-Identifier: Apache-2.0
#include "rooms/upgrade.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <optional>
#include <string_view>
#include <utility>

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/protocol/event_types.hpp>

#include "api/refusal.hpp"
#include "events/append.hpp"
#include "events/power.hpp"
#include "events/room_maker.hpp"
#include "rooms/room_summary.hpp"
#include "store/rooms.hpp"
#include "store/small_streams.hpp"

namespace chatrixcd::homeserver {

namespace json = boost::json;
namespace types = protocol::event_types;

namespace {

constexpr std::string_view canonical_alias = "m.room.canonical_alias";

draft state_draft(std::string const& room, protocol::user_id const& sender, std::string_view type, json::object content) {
    draft d;
    d.room = room;
    d.sender = sender;
    d.type = type;
    d.state_key = "";
    d.content = std::move(content);
    return d;
}

result<room_wish> read_wish(json::object const& asked) {
    auto const wanted = base::find_string(asked, "new_version");
    if (!wanted) return missing_param("new_version is missing");
    room_wish wish;
    auto version = usable_version(*wanted);
    if (!version) return version.error();
    wish.version = version.value();
    auto const* creators = asked.if_contains("additional_creators");
    if (creators == nullptr || creators->is_null() || !wish.version->privileged_creators) return wish;
    if (!creators->is_array()) return bad_json("additional_creators is no array");
    for (auto const& one : creators->get_array()) {
        if (!one.is_string() || !protocol::user_id::parse(std::string(one.get_string()))) {
            return invalid_param("additional_creators holds something that is no user id");
        }
    }
    wish.creation_content["additional_creators"] = *creators;
    return wish;
}

void copy_state(step& s, std::string const& from, room_wish& into) {
    for (std::string_view const type :
         {"m.room.server_acl", "m.room.encryption", "m.room.name", "m.room.avatar", "m.room.topic", "m.room.guest_access",
          "m.room.history_visibility", "m.room.join_rules", "m.room.canonical_alias"}) {
        auto const event = load_current(s, from, type, "");
        if (event) into.state.push_back({std::string(type), "", event->content()});
    }
    for (auto const& [key, id] : current_state_of_type(s.db, from, "m.space.child")) {
        auto const event = load(s, id);
        if (!event.content().empty()) into.state.push_back({"m.space.child", key, event.content()});
    }
}

// The levels of the old room, as the new one may have them: creators who stand above the levels are not among them.
json::object transfer_levels(step& s, std::string const& from, protocol::user_id const& creator, room_wish const& wish) {
    auto const event = load_current(s, from, types::power_levels, "");
    auto content = event ? event->content() : json::object();
    auto* users = content["users"].if_object();
    if (users == nullptr) users = &content["users"].emplace_object();
    if (!wish.version->privileged_creators) {
        // Creators of the old room may have stood above its levels.
        auto const levels = levels_of(s, from);
        for (auto const& one : levels ? levels->creators() : std::vector<protocol::user_id>()) {
            if (!users->contains(one.str())) (*users)[one.str()] = 100;
        }
        return content;
    }
    users->erase(creator.str());
    auto const* more = base::find_array(wish.creation_content, "additional_creators");
    for (auto const& one : more == nullptr ? json::array() : *more) users->erase(one.get_string());
    return content;
}

// For as long as the state is being copied its writer has all the power.
json::object levels_to_begin_with(json::object levels, protocol::user_id const& creator, room_wish const& wish) {
    if (wish.version->privileged_creators) return levels;
    auto& mine = levels["users"].as_object()[creator.str()];
    std::int64_t needed = 100;
    if (auto const* events = base::find_object(levels, "events")) {
        for (auto const& [type, level] : *events) needed = std::max(needed, level.is_int64() ? level.get_int64() : 0);
    }
    if (!mine.is_int64() || mine.get_int64() < needed) mine = needed;
    return levels;
}

// Who may still send or invite is who could do more than others before. Without the power for that, it stays as it is.
void close_room(step& s, std::string const& room, protocol::user_id const& user) {
    auto const event = load_current(s, room, types::power_levels, "");
    auto content = event ? event->content() : json::object();
    auto const level = [&](std::string_view key) { return base::find_integer(content, key).value_or(0); };
    auto const closed = std::max<std::int64_t>(50, level("users_default") + 1);
    for (std::string_view const key : {"events_default", "invite"}) content[key] = std::max(closed, level(key));
    static_cast<void>(append(s, state_draft(room, user, types::power_levels, std::move(content))));
    if (load_current(s, room, canonical_alias, "")) static_cast<void>(append(s, state_draft(room, user, canonical_alias, {})));
}

void move_belongings(step& s, std::string const& from, std::string const& to) {
    move_aliases(s.db, from, to);
    set_listed(s.db, to, is_listed(s.db, from));
    set_listed(s.db, from, false);
    for (auto const& member : members_of(s.db, from)) {
        if (member.membership != "join") continue;
        auto tags = find_account_data(s.db, member.user, from, "m.tag");
        if (tags) put_account_data(s.db, member.user, {to, "m.tag", std::move(*tags)});
    }
}

}  // namespace

result<std::string> upgrade_room(step& s, std::string const& old_room, protocol::user_id const& user, json::object const& asked,
                                 std::string const& opaque) {
    auto wish = read_wish(asked);
    if (!wish) return wish.error();
    if (!may_send_state(s, old_room, user, "m.room.tombstone")) return forbidden("you may not upgrade this room");
    auto& predecessor = wish.value().creation_content["predecessor"].emplace_object();
    predecessor["room_id"] = old_room;
    if (!wish.value().version->room_id_is_create_hash) predecessor["event_id"] = extremities(s.db, old_room).at(0).event_id;
    if (auto type = state_string(s, old_room, types::create, "type"); !type.empty())
        wish.value().creation_content["type"] = std::move(type);
    copy_state(s, old_room, wish.value());
    auto const levels = transfer_levels(s, old_room, user, wish.value());
    auto const first_levels = levels_to_begin_with(levels, user, wish.value());
    wish.value().exact_power_levels = first_levels;

    auto room = make_room(s, user, std::move(wish.value()), opaque);
    if (!room) return room;
    if (levels != first_levels) {
        auto lowered = append(s, state_draft(room.value(), user, types::power_levels, levels));
        if (!lowered) return lowered.error();
    }
    json::object tombstone;
    tombstone["body"] = "This room has been replaced";
    tombstone["replacement_room"] = room.value();
    auto closed = append(s, state_draft(old_room, user, "m.room.tombstone", std::move(tombstone)));
    if (!closed) return closed.error();
    close_room(s, old_room, user);
    move_belongings(s, old_room, room.value());
    return room;
}

}  // namespace chatrixcd::homeserver
