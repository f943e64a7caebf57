// SPDX-License-Identifier: Apache-2.0
#include "state/room_table.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <chatrixcd/base/json_reader.hpp>

#include "state/state_writer.hpp"
#include "sync/raw_event.hpp"

namespace chatrixcd::matrix::detail {

namespace {

std::string to_text(membership m) {
    switch (m) {
        case membership::invite:
            return "invite";
        case membership::join:
            return "join";
        case membership::leave:
            return "leave";
        case membership::none:
            break;
    }
    return "none";
}

membership membership_from(std::string const& text) {
    if (text == "join") return membership::join;
    if (text == "invite") return membership::invite;
    return text == "leave" ? membership::leave : membership::none;
}

base::sql_value text_or_null(std::string const& text) { return text.empty() ? base::sql_value() : base::sql_value(text); }

base::sql_value list_or_null(std::vector<std::string> const& texts) {
    if (texts.empty()) return {};
    boost::json::array list(texts.begin(), texts.end());
    return boost::json::serialize(list);
}

std::vector<std::string> list_from(std::optional<std::string> const& text) {
    std::vector<std::string> list;
    if (!text) return list;
    auto const parsed = base::parse_json(*text);
    if (!parsed || !parsed->is_array()) throw base::store_error("a room's row holds something that is no list");
    for (auto const& value : parsed->get_array()) {
        if (value.is_string()) list.emplace_back(value.get_string().data(), value.get_string().size());
    }
    return list;
}

std::vector<room_id> ids(std::vector<base::row> const& rows) {
    std::vector<room_id> rooms;
    rooms.reserve(rows.size());
    for (auto const& row : rows) rooms.push_back(room_id(row.text(0)));
    return rooms;
}

}  // namespace

room_row load_room(base::transaction& t, std::int64_t account, room_id const& room) {
    room_row row;
    auto const found = t.first(
        "SELECT membership, members_known, encryption, joined_count, invited_count, heroes, last_event, upgrade, members_gap"
        " FROM room WHERE account = ?1 AND room_id = ?2",
        {account, room.str()});
    if (!found) return row;
    row.ours = membership_from(found->text(0));
    row.members_known = found->integer(1) != 0;
    row.encryption = found->optional_text(2).value_or(std::string());
    row.joined_count = found->optional_integer(3);
    row.invited_count = found->optional_integer(4);
    row.heroes = list_from(found->optional_text(5));
    row.last_event = found->optional_text(6).value_or(std::string());
    row.upgrade = static_cast<upgrade_step>(found->integer(7));
    row.members_gap = found->integer(8);
    return row;
}

void save_room(base::transaction& t, std::int64_t account, room_id const& room, room_row const& now) {
    t.run(
        "INSERT INTO room (account, room_id, membership, members_known, encryption, joined_count, invited_count, heroes, last_event,"
        " upgrade, members_gap) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"
        " ON CONFLICT (account, room_id) DO UPDATE SET membership = excluded.membership, members_known = excluded.members_known,"
        " encryption = excluded.encryption, joined_count = excluded.joined_count, invited_count = excluded.invited_count,"
        " heroes = excluded.heroes, last_event = excluded.last_event, upgrade = excluded.upgrade, members_gap = excluded.members_gap",
        {account, room.str(), to_text(now.ours), std::int64_t{now.members_known}, text_or_null(now.encryption), now.joined_count,
         now.invited_count, list_or_null(now.heroes), text_or_null(now.last_event), static_cast<std::int64_t>(now.upgrade),
         now.members_gap});
}

void leave_all_but(base::transaction& t, std::int64_t account, std::vector<room_id> rooms) {
    std::sort(rooms.begin(), rooms.end());
    auto const ours = ids(t.query("SELECT room_id FROM room WHERE account = ?1 AND membership IN ('join', 'invite')", {account}));
    for (auto const& room : ours) {
        if (std::binary_search(rooms.begin(), rooms.end(), room)) continue;
        t.run("UPDATE room SET membership = 'leave' WHERE account = ?1 AND room_id = ?2", {account, room.str()});
        forget_state(t, account, room);
    }
}

void forget_state(base::transaction& t, std::int64_t account, room_id const& room) {
    t.run("DELETE FROM room_state WHERE account = ?1 AND room_id = ?2", {account, room.str()});
}

void replace_members(base::transaction& t, std::int64_t account, room_id const& room, std::vector<raw_event> const& members,
                     std::int64_t asked_at) {
    t.run("DELETE FROM room_state WHERE account = ?1 AND room_id = ?2 AND type = 'm.room.member' AND batch <= ?3",
          {account, room.str(), asked_at});
    state_writer writer(t, account, room, asked_at, present_state::stays);
    for (auto const& e : members) {
        if (e.type() == "m.room.member") writer.add(e);
    }
    writer.finish();
}

std::optional<std::string> find_state(base::transaction& t, std::int64_t account, room_id const& room, std::string_view type,
                                      std::string_view key) {
    auto const found = t.first("SELECT event FROM room_state WHERE account = ?1 AND room_id = ?2 AND type = ?3 AND state_key = ?4",
                               {account, room.str(), type, key});
    if (!found) return std::nullopt;
    return found->text(0);
}

std::vector<state_row> state_of_type(base::transaction& t, std::int64_t account, room_id const& room, std::string_view type) {
    auto const rows =
        t.query("SELECT state_key, event FROM room_state WHERE account = ?1 AND room_id = ?2 AND type = ?3 ORDER BY state_key",
                {account, room.str(), type});
    std::vector<state_row> found;
    found.reserve(rows.size());
    for (auto const& row : rows) found.push_back(state_row{row.text(0), row.text(1)});
    return found;
}

std::vector<member_row> members_with(base::transaction& t, std::int64_t account, room_id const& room, std::string_view one,
                                     std::string_view other) {
    auto const rows = t.query(
        "SELECT state_key, membership, event FROM room_state WHERE account = ?1 AND room_id = ?2 AND type = 'm.room.member'"
        " AND membership IN (?3, ?4) ORDER BY state_key",
        {account, room.str(), one, other});
    std::vector<member_row> found;
    found.reserve(rows.size());
    for (auto const& row : rows) found.push_back(member_row{row.text(0), row.text(1), row.text(2)});
    return found;
}

std::optional<std::string> membership_of(base::transaction& t, std::int64_t account, room_id const& room, user_id const& user) {
    auto const found =
        t.first("SELECT membership FROM room_state WHERE account = ?1 AND room_id = ?2 AND type = 'm.room.member' AND state_key = ?3",
                {account, room.str(), user.str()});
    if (!found) return std::nullopt;
    return found->optional_text(0);
}

std::int64_t count_members(base::transaction& t, std::int64_t account, room_id const& room, std::string_view membership) {
    auto const found =
        t.first("SELECT COUNT(*) FROM room_state WHERE account = ?1 AND room_id = ?2 AND type = 'm.room.member' AND membership = ?3",
                {account, room.str(), membership});
    return found->integer(0);
}

std::vector<room_id> joined_rooms(base::transaction& t, std::int64_t account) {
    return ids(t.query("SELECT room_id FROM room WHERE account = ?1 AND membership = 'join' ORDER BY room_id", {account}));
}

std::vector<room_id> shared_rooms(base::transaction& t, std::int64_t account, user_id const& with) {
    // The plus keeps SQLite from walking through all state of the account instead of the index.
    return ids(
        t.query("SELECT room_state.room_id FROM room_state JOIN room ON room.account = ?1 AND room.room_id = room_state.room_id"
                " WHERE +room_state.account = ?1 AND room_state.state_key = ?2 AND room_state.membership = 'join'"
                " AND room_state.type = 'm.room.member' AND room.membership = 'join' ORDER BY room_state.room_id",
                {account, with.str()}));
}

std::vector<room_id> pending_upgrades(base::transaction& t, std::int64_t account) {
    return ids(t.query("SELECT room_id FROM room WHERE account = ?1 AND upgrade >= 3 ORDER BY room_id LIMIT 100", {account}));
}

}  // namespace chatrixcd::matrix::detail
