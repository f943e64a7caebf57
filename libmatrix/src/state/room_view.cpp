// SPDX-License-Identifier: Apache-2.0
#include "state/room_view.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/protocol/room_version.hpp>

#include "state/naming.hpp"
#include "state/room_table.hpp"

namespace chatrixcd::matrix::detail {

namespace json = boost::json;

namespace {

constexpr std::size_t most_listed = 1000;  // aliases, pinned events
constexpr std::size_t most_heroes = 5;

class reader {
public:
    reader(base::transaction& t, std::int64_t account, room_id const& room) : t_(t), account_(account), room_(room) {}

    std::optional<event> find(std::string_view type, std::string_view key = {}) const {
        auto const text = find_state(t_, account_, room_, type, key);
        if (!text) return std::nullopt;
        auto parsed = event::parse_text(*text);
        if (!parsed) return std::nullopt;
        return std::move(*parsed);
    }
    std::string text(std::string_view type, std::string_view member) const {
        auto const found = find(type);
        return found ? std::string(found->content_text(member)) : std::string();
    }

private:
    base::transaction& t_;
    std::int64_t account_;
    room_id const& room_;
};

template <class Id>
std::vector<Id> ids_in(json::object const& content, std::string_view key) {
    std::vector<Id> found;
    auto const* list = base::find_array(content, key);
    if (list == nullptr) return found;
    for (auto const& value : *list) {
        if (!value.is_string() || found.size() == most_listed) continue;
        auto id = Id::parse(std::string(value.get_string()));
        if (id) found.push_back(std::move(*id));
    }
    return found;
}

std::string version_of(event const& create) {
    auto version = base::find_string(create.content(), "room_version");
    return version ? std::move(*version) : std::string("1");
}

void read_create(event const& create, room_info& into) {
    into.version = version_of(create);
    into.type = create.content_text("type");
    if (auto const version = protocol::find_room_version(into.version)) {
        auto creators = protocol::room_creators(**version, create.sender(), create.content());
        if (creators) into.creators = std::move(*creators);
    }
    if (auto const* before = base::find_object(create.content(), "predecessor")) {
        auto id = room_id::parse(base::find_string(*before, "room_id").value_or(std::string()));
        if (id) into.predecessor = std::move(*id);
    }
}

void read_aliases(event const& aliases, room_info& into) {
    auto alias = room_alias::parse(std::string(aliases.content_text("alias")));
    if (alias) into.canonical_alias = std::move(*alias);
    into.alt_aliases = ids_in<room_alias>(aliases.content(), "alt_aliases");
}

std::string display_name_in(std::string const& event_text) {
    auto const parsed = event::parse_text(event_text);
    return parsed ? std::string(parsed->content_text("displayname")) : std::string();
}

// Those who stand for a room: whom the homeserver names, else the first that are known; never we.
std::vector<named_user> heroes_of(base::transaction& t, std::int64_t account, room_id const& room, room_row const& row, user_id const& me,
                                  bool anybody_left) {
    std::vector<named_user> heroes;
    if (!row.heroes.empty()) {
        for (auto const& id : row.heroes) {
            if (id == me.str() || heroes.size() == most_heroes) continue;
            auto const text = find_state(t, account, room, "m.room.member", id);
            heroes.push_back(named_user{id, text ? display_name_in(*text) : std::string()});
        }
        return heroes;
    }
    auto const rows = anybody_left ? members_with(t, account, room, "leave", "ban") : members_with(t, account, room, "join", "invite");
    for (auto const& one : rows) {
        if (one.user == me.str()) continue;
        heroes.push_back(named_user{one.user, display_name_in(one.event)});
        if (heroes.size() == most_heroes) break;
    }
    return heroes;
}

member member_from(user_id user, std::string const& event_text) {
    member made;
    made.user = std::move(user);
    made.display_name = display_name_in(event_text);
    return made;
}

std::vector<std::string> via_of(event const& e) {
    std::vector<std::string> servers;
    auto const* list = base::find_array(e.content(), "via");
    if (list == nullptr) return servers;
    for (auto const& value : *list) {
        if (!value.is_string() || servers.size() == most_listed) continue;
        auto const name = protocol::server_name::parse(std::string(value.get_string()));
        if (name) servers.push_back(name->str());
    }
    return servers;
}

bool flag(event const& e, std::string_view key) {
    auto const* value = e.content().if_contains(key);
    return value != nullptr && value->is_bool() && value->get_bool();
}

// At most 50 characters of ASCII between space and tilde, else there is none.
std::string order_of(event const& e) {
    constexpr std::size_t longest = 50;
    auto const order = e.content_text("order");
    bool const valid = order.size() <= longest && std::all_of(order.begin(), order.end(), [](char c) { return c >= ' ' && c <= '~'; });
    return valid ? std::string(order) : std::string();
}

}  // namespace

std::optional<room_info> read_info(base::transaction& t, std::int64_t account, room_id const& room, user_id const& me) {
    auto const row = load_room(t, account, room);
    if (row.ours != membership::join) return std::nullopt;
    reader const state(t, account, room);
    room_info info;
    info.version = "1";
    if (auto const create = state.find("m.room.create")) read_create(*create, info);
    if (auto const aliases = state.find("m.room.canonical_alias")) read_aliases(*aliases, info);
    if (auto const pinned = state.find("m.room.pinned_events")) info.pinned = ids_in<event_id>(pinned->content(), "pinned");
    if (auto const end = state.find("m.room.tombstone")) {
        auto id = room_id::parse(std::string(end->content_text("replacement_room")));
        if (id) info.successor = std::move(*id);
        info.tombstone = end->content_text("body");
    }
    info.given_name = state.text("m.room.name", "name");
    info.topic = state.text("m.room.topic", "topic");
    info.avatar_url = state.text("m.room.avatar", "url");
    info.join_rule = state.text("m.room.join_rules", "join_rule");
    if (info.join_rule.empty()) info.join_rule = "invite";
    info.history_visibility = state.text("m.room.history_visibility", "history_visibility");
    if (info.history_visibility.empty()) info.history_visibility = "shared";
    info.encryption = row.encryption;
    auto const count = [&](std::optional<std::int64_t> said, std::string_view kind) {
        return static_cast<std::size_t>(std::max<std::int64_t>(0, said ? *said : count_members(t, account, room, kind)));
    };
    info.joined_members = count(row.joined_count, "join");
    info.invited_members = count(row.invited_count, "invite");
    info.members_known = row.members_known;
    info.name = info.given_name;
    if (info.name.empty()) info.name = info.canonical_alias.str();
    if (info.name.empty()) {
        auto const people = info.joined_members + info.invited_members;
        auto const others = people > 0 ? people - 1 : 0;
        info.name = name_from_people(heroes_of(t, account, room, row, me, others == 0), others);
    }
    return info;
}

result<power> read_power(base::transaction& t, std::int64_t account, room_id const& room) {
    reader const state(t, account, room);
    auto const create = state.find("m.room.create");
    if (!create) return error(error_kind::not_found, "the room's state is not known: we are not in it");
    auto const id = version_of(*create);
    auto const version = protocol::find_room_version(id);
    if (!version) return error(error_kind::unsupported, "the room's version is not known: " + id);
    auto creators = protocol::room_creators(**version, create->sender(), create->content());
    if (!creators) return error(error_kind::protocol, "the room's create event is malformed: " + creators.error().message());
    auto const given = state.find("m.room.power_levels");
    if (!given) return power(protocol::power_levels::without_event(**version, std::move(*creators)));
    auto levels = protocol::power_levels::parse(given->content(), **version, std::move(*creators));
    if (!levels) return error(error_kind::protocol, "the room's power levels are malformed: " + levels.error().message());
    return power(std::move(*levels));
}

std::vector<member> read_members(base::transaction& t, std::int64_t account, room_id const& room) {
    // Invited people count when names are told apart.
    std::vector<member> members;
    std::vector<named_user> named;
    std::vector<std::size_t> place;
    for (auto const& row : members_with(t, account, room, "join", "invite")) {
        auto user = user_id::parse(row.user);
        if (!user) continue;  // a foreign server may put anything into a state key
        auto made = member_from(std::move(*user), row.event);
        named.push_back(named_user{made.user.str(), made.display_name});
        if (row.membership != "join") continue;
        place.push_back(named.size() - 1);
        members.push_back(std::move(made));
    }
    auto const shown = shown_names(named);
    for (std::size_t i = 0; i < members.size(); ++i) members[i].shown_name = shown[place[i]];
    return members;
}

std::vector<space_child> read_children(base::transaction& t, std::int64_t account, room_id const& room) {
    struct entry {
        space_child child;
        base::time_point sent;
    };
    std::vector<entry> found;
    for (auto const& row : state_of_type(t, account, room, "m.space.child")) {
        auto id = room_id::parse(row.key);
        auto const e = event::parse_text(row.event);
        if (!id || !e) continue;
        auto via = via_of(*e);
        if (via.empty()) continue;  // that is how a child is taken away
        found.push_back(entry{space_child{std::move(*id), std::move(via), order_of(*e), flag(*e, "suggested")}, e->sent()});
    }
    std::sort(found.begin(), found.end(), [](entry const& a, entry const& b) {
        if (a.child.order.empty() != b.child.order.empty()) return b.child.order.empty();
        if (a.child.order != b.child.order) return a.child.order < b.child.order;
        if (a.sent != b.sent) return a.sent < b.sent;
        return a.child.room < b.child.room;
    });
    std::vector<space_child> children;
    children.reserve(found.size());
    for (auto& one : found) children.push_back(std::move(one.child));
    return children;
}

std::vector<space_parent> read_parents(base::transaction& t, std::int64_t account, room_id const& room) {
    std::vector<space_parent> parents;
    for (auto const& row : state_of_type(t, account, room, "m.space.parent")) {
        auto id = room_id::parse(row.key);
        auto const e = event::parse_text(row.event);
        if (!id || !e) continue;
        auto via = via_of(*e);
        if (via.empty()) continue;
        parents.push_back(space_parent{std::move(*id), std::move(via), flag(*e, "canonical"), e->sender()});
    }
    return parents;
}

}  // namespace chatrixcd::matrix::detail
