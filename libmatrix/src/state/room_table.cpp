// SPDX-License-Identifier: Apache-2.0
#include "state/room_table.hpp"

namespace chatrixcd::matrix::detail {

namespace {

std::string to_text(membership m) {
    switch (m) {
        case membership::invite: return "invite";
        case membership::join: return "join";
        case membership::leave: return "leave";
        case membership::none: break;
    }
    return "none";
}

membership membership_from(std::string const& text) {
    if (text == "join") return membership::join;
    if (text == "invite") return membership::invite;
    return text == "leave" ? membership::leave : membership::none;
}

}  // namespace

membership our_membership(base::transaction& t, std::int64_t account, room_id const& room) {
    auto const found = t.first("SELECT membership FROM room WHERE account = ?1 AND room_id = ?2", {account, room.str()});
    return found ? membership_from(found->text(0)) : membership::none;
}

void set_our_membership(base::transaction& t, std::int64_t account, room_id const& room, membership now) {
    t.run(
        "INSERT INTO room (account, room_id, membership) VALUES (?1, ?2, ?3)"
        " ON CONFLICT (account, room_id) DO UPDATE SET membership = excluded.membership",
        {account, room.str(), to_text(now)});
}

void put_state(base::transaction& t, std::int64_t account, room_id const& room, event const& e) {
    base::sql_value membership_column;
    if (e.type() == "m.room.member") membership_column = std::string(e.content_text("membership"));
    t.run(
        "INSERT INTO room_state (account, room_id, type, state_key, membership, event) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
        " ON CONFLICT (account, room_id, type, state_key) DO UPDATE SET membership = excluded.membership, event = excluded.event",
        {account, room.str(), e.type(), *e.state_key(), membership_column, e.to_text()});
}

void forget_state(base::transaction& t, std::int64_t account, room_id const& room) {
    t.run("DELETE FROM room_state WHERE account = ?1 AND room_id = ?2", {account, room.str()});
}

std::optional<std::string> find_state(base::transaction& t, std::int64_t account, room_id const& room, std::string const& type,
                                      std::string const& key) {
    auto const found = t.first("SELECT event FROM room_state WHERE account = ?1 AND room_id = ?2 AND type = ?3 AND state_key = ?4",
                               {account, room.str(), type, key});
    if (!found) return std::nullopt;
    return found->text(0);
}

std::vector<member> joined_members(base::transaction& t, std::int64_t account, room_id const& room) {
    auto const rows = t.query(
        "SELECT state_key, event FROM room_state WHERE account = ?1 AND room_id = ?2 AND membership = 'join' ORDER BY state_key",
        {account, room.str()});
    std::vector<member> members;
    members.reserve(rows.size());
    for (auto const& row : rows) {
        auto user = user_id::parse(row.text(0));
        if (!user) continue;  // a foreign server may put anything into a state key
        auto const content = event::parse_text(row.text(1));
        members.push_back(member{std::move(*user), content ? std::string(content->content_text("displayname")) : std::string()});
    }
    return members;
}

std::vector<room_id> joined_rooms(base::transaction& t, std::int64_t account) {
    std::vector<room_id> rooms;
    for (auto const& row : t.query("SELECT room_id FROM room WHERE account = ?1 AND membership = 'join' ORDER BY room_id", {account})) {
        rooms.push_back(room_id(row.text(0)));
    }
    return rooms;
}

}  // namespace chatrixcd::matrix::detail
