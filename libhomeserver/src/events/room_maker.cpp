// SPDX-License-Identifier: Apache-2.0
#include "events/room_maker.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <chatrixcd/protocol/event_types.hpp>
#include <string_view>
#include <utility>

#include "api/refusal.hpp"
#include "events/members.hpp"
#include "store/rooms.hpp"

namespace chatrixcd::homeserver {

namespace json = boost::json;
namespace types = protocol::event_types;

namespace {

// The creator may do everything but what was asked for: that then is no state for a room.
error as_bad_state(error const& why) {
    if (why.kind() != error_kind::forbidden) return why;
    return bad_request("M_INVALID_ROOM_STATE", why.message());
}

// Appends one event after another on behalf of the creator, until one is refused.
class room_writer {
public:
    room_writer(step& s, protocol::user_id creator) : step_(s), creator_(std::move(creator)) {}

    result<void> create(protocol::room_version const& version, std::string const& room, json::object content) {
        draft d = state_draft(room, types::create, "", std::move(content));
        auto made = append_create(step_, std::move(d), version);
        if (!made) return as_bad_state(made.error());
        room_ = made.value().room().str();
        return {};
    }

    void state(std::string_view type, std::string_view state_key, json::object content) {
        add(state_draft(room_, type, state_key, std::move(content)));
    }

    void add(draft d) {
        if (failure_) return;
        auto added = append(step_, std::move(d));
        if (!added) failure_ = as_bad_state(added.error());
    }

    void fail(error why) {
        if (!failure_) failure_ = std::move(why);
    }

    std::optional<error> const& failure() const noexcept { return failure_; }
    std::string const& room() const noexcept { return room_; }
    protocol::user_id const& creator() const noexcept { return creator_; }
    step& at() const noexcept { return step_; }

private:
    draft state_draft(std::string const& room, std::string_view type, std::string_view state_key, json::object content) const {
        draft d;
        d.room = room;
        d.sender = creator_;
        d.type = type;
        d.state_key = std::string(state_key);
        d.content = std::move(content);
        return d;
    }

    step& step_;
    protocol::user_id creator_;
    std::string room_;
    std::optional<error> failure_;
};

json::object with(std::string_view key, std::string_view value) {
    json::object content;
    content[key] = value;
    return content;
}

// In plain words twice: for older clients and as extensible text.
json::object topic_content(std::string const& topic) {
    auto content = with("topic", topic);
    json::object plain;
    plain["mimetype"] = "text/plain";
    plain["body"] = topic;
    content["m.topic"].emplace_object()["m.text"] = json::array{std::move(plain)};
    return content;
}

json::object create_content(room_wish const& wish, protocol::user_id const& creator) {
    auto content = wish.creation_content;
    content["room_version"] = wish.version->id;
    content.erase("creator");
    if (!wish.version->implicit_creator) content["creator"] = creator.str();
    if (!wish.is_trusted || !wish.version->privileged_creators) return content;
    auto& listed = content["additional_creators"];
    if (!listed.is_array()) listed.emplace_array();
    for (auto const& user : wish.invite) {
        auto& creators = listed.get_array();
        if (std::ranges::find(creators, json::value(user)) == creators.end()) creators.emplace_back(user);
    }
    return content;
}

json::object power_content(room_wish const& wish, protocol::user_id const& creator) {
    json::object content;
    auto& users = content["users"].emplace_object();
    // Creators who stand above the levels may not be among them.
    if (!wish.version->privileged_creators) {
        users[creator.str()] = 100;
        if (wish.is_trusted) {
            for (auto const& user : wish.invite) users[user] = 100;
        }
    }
    auto& events = content["events"].emplace_object();
    for (std::string_view const type : {"m.room.name", "m.room.topic", "m.room.avatar", "m.room.canonical_alias"}) events[type] = 50;
    for (std::string_view const type : {"m.room.power_levels", "m.room.history_visibility", "m.room.encryption", "m.room.server_acl"}) {
        events[type] = 100;
    }
    events["m.room.tombstone"] = wish.version->privileged_creators ? 150 : 100;
    content["users_default"] = 0;
    content["events_default"] = 0;
    content["state_default"] = 50;
    content["ban"] = 50;
    content["kick"] = 50;
    content["redact"] = 50;
    content["invite"] = wish.is_public ? 50 : 0;
    for (auto const& [key, value] : wish.power_levels) content[key] = value;
    return content;
}

void add_alias(room_writer& to, room_wish const& wish) {
    if (!wish.alias) return;
    auto const alias = protocol::room_alias::parse("#" + *wish.alias + ":" + to.at().server.name.str());
    if (!alias || alias.value().localpart() != *wish.alias) return to.fail(invalid_param("room_alias_name makes no alias"));
    if (!put_alias(to.at().db, alias.value().str(), to.room(), to.creator().str())) {
        return to.fail(bad_request("M_ROOM_IN_USE", "this alias is taken"));
    }
    to.state("m.room.canonical_alias", "", with("alias", alias.value().str()));
}

void add_preset(room_writer& to, room_wish const& wish) {
    // What initial_state sets is not set twice.
    auto const preset = [&](std::string_view type, std::string_view key, std::string_view value) {
        auto const given = [type](initial_state const& one) { return one.type == type && one.state_key.empty(); };
        if (std::ranges::none_of(wish.state, given)) to.state(type, "", with(key, value));
    };
    preset(types::join_rules, "join_rule", wish.is_public ? "public" : "invite");
    preset(types::history_visibility, "history_visibility", "shared");
    preset("m.room.guest_access", "guest_access", wish.is_public ? "forbidden" : "can_join");
}

void add_invites(room_writer& to, room_wish const& wish) {
    for (auto const& user : wish.invite) {
        auto local = local_user(to.at(), user);
        if (!local) return to.fail(local.error());
        auto d = member_draft(to.at(), to.room(), to.creator(), user, "invite", std::nullopt);
        if (wish.is_direct) d.content["is_direct"] = true;
        to.add(std::move(d));
    }
}

}  // namespace

result<std::string> make_room(step& s, protocol::user_id const& creator, room_wish wish, std::string const& opaque) {
    room_writer to(s, creator);
    auto const room = wish.version->room_id_is_create_hash ? std::string() : "!" + opaque + ":" + s.server.name.str();
    auto created = to.create(*wish.version, room, create_content(wish, creator));
    if (!created) return created.error();
    to.add(member_draft(s, to.room(), creator, creator.str(), "join", std::nullopt));
    to.state(types::power_levels, "", wish.exact_power_levels ? *wish.exact_power_levels : power_content(wish, creator));
    add_alias(to, wish);
    add_preset(to, wish);
    for (auto& one : wish.state) {
        if (one.type == types::member) to.fail(invalid_param("initial_state makes no members: that is for invite"));
        to.state(one.type, one.state_key, std::move(one.content));
    }
    if (wish.name) to.state("m.room.name", "", with("name", *wish.name));
    if (wish.topic) to.state("m.room.topic", "", topic_content(*wish.topic));
    add_invites(to, wish);
    if (to.failure()) return *to.failure();
    if (wish.is_listed) set_listed(s.db, to.room(), true);
    return to.room();
}

}  // namespace chatrixcd::homeserver
