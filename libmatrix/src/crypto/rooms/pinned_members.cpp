// SPDX-License-Identifier: Apache-2.0
#include "crypto/rooms/pinned_members.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include "crypto/devices/device_lists.hpp"
#include "crypto/devices/device_table.hpp"
#include "crypto/keys/own_identity.hpp"

namespace chatrixcd::matrix::crypto {

namespace {

// More than any room in which this makes sense has.
constexpr std::int64_t most_members = 100000;

std::string master_of(context const& with, user_id const& user) {
    auto const identity = find_identity(with, user);
    return identity ? identity->keys.master : std::string();
}

void pin(context const& with, room_id const& room, user_id const& user, std::optional<std::string> const& master) {
    with.t.run(
        "INSERT INTO pinned_member (account, room_id, user_id, master) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (account, room_id, user_id)"
        " DO UPDATE SET master = excluded.master",
        {with.account, room.str(), user.str(), master});
}

// By user: the identity with which they are pinned; nothing: not known yet.
std::map<std::string, std::optional<std::string>> pinned_in(context const& with, room_id const& room) {
    std::map<std::string, std::optional<std::string>> found;
    for (auto const& row : with.t.query("SELECT user_id, master FROM pinned_member WHERE account = ?1 AND room_id = ?2 LIMIT ?3",
                                        {with.account, room.str(), most_members})) {
        found.emplace(row.text(0), row.optional_text(1));
    }
    return found;
}

// What the homeserver shows as our own identity need not be ours.
bool is_own_identity(context const& with, std::string const& master) {
    auto const own = own_identity::load(with);
    return !own || master.empty() || master == own->master();
}

void forget_told(context const& with, room_id const& room, std::string const& user) {
    with.t.run("DELETE FROM newcomer WHERE account = ?1 AND room_id = ?2 AND user_id = ?3", {with.account, room.str(), user});
}

}  // namespace

bool is_pinned(context const& with, room_id const& room) {
    return with.t.first("SELECT 1 FROM pinned_room WHERE account = ?1 AND room_id = ?2", {with.account, room.str()}).has_value();
}

void pin_members(context const& with, room_id const& room, std::vector<user_id> const& members) {
    if (is_pinned(with, room)) {
        std::set<std::string> present;
        for (auto const& each : members) present.insert(each.str());
        for (auto const& [user, master] : pinned_in(with, room)) {
            if (!present.contains(user)) unpin_member(with, room, user_id(user));
        }
        return;
    }
    with.t.run("INSERT INTO pinned_room (account, room_id, since) VALUES (?1, ?2, ?3)", {with.account, room.str(), with.milliseconds()});
    for (auto const& each : members) {
        auto const master = is_current(with, each) ? std::optional(master_of(with, each)) : std::nullopt;
        pin(with, room, each, master);
    }
}

void unpin_member(context const& with, room_id const& room, user_id const& user) {
    with.t.run("DELETE FROM pinned_member WHERE account = ?1 AND room_id = ?2 AND user_id = ?3", {with.account, room.str(), user.str()});
}

std::vector<newcomer> newcomers_among(context const& with, room_id const& room, std::vector<user_id> const& members) {
    std::vector<newcomer> found;
    if (!is_pinned(with, room)) return found;
    auto const pinned = pinned_in(with, room);
    for (auto const& user : members) {
        newcomer now;
        now.user = user;
        now.identity = master_of(with, user);
        auto const place = pinned.find(user.str());
        if (user == with.me) {
            if (is_own_identity(with, now.identity)) continue;
            now.identity_changed = true;
        } else if (place != pinned.end()) {
            if (place->second == now.identity) continue;
            if (!place->second) {
                if (is_current(with, user)) pin(with, room, user, now.identity);
                continue;
            }
            now.identity_changed = true;
        }
        found.push_back(std::move(now));
    }
    return found;
}

void accept_newcomer(context const& with, room_id const& room, newcomer const& whom) {
    pin(with, room, whom.user, whom.identity);
    forget_told(with, room, whom.user.str());
}

std::vector<untold_newcomer> note_newcomers(context const& with, room_id const& room, std::vector<newcomer> const& waiting) {
    std::map<std::string, newcomer const*> by_name;
    for (auto const& each : waiting) by_name.emplace(each.user.str(), &each);
    std::vector<untold_newcomer> untold;
    std::set<std::string> told;
    for (auto const& row : with.t.query("SELECT user_id, master, told FROM newcomer WHERE account = ?1 AND room_id = ?2 LIMIT ?3",
                                        {with.account, room.str(), most_members})) {
        auto const place = by_name.find(row.text(0));
        if (place == by_name.end()) {
            forget_told(with, room, row.text(0));
        } else if (place->second->identity == row.text(1) && row.integer(2) != 0) {
            told.insert(row.text(0));
        }
    }
    for (auto const& each : waiting) {
        // As what they are cannot be said before it was asked.
        if (told.contains(each.user.str()) || !is_current(with, each.user)) continue;
        // Untold as the same, it keeps its occasion: the handler may have spoken before a crash.
        with.t.run(
            "INSERT INTO newcomer (account, room_id, user_id, master, told, occasion) VALUES (?1, ?2, ?3, ?4, 0,"
            " lower(hex(randomblob(12)))) ON CONFLICT (account, room_id, user_id) DO UPDATE SET master = excluded.master, told = 0,"
            " occasion = excluded.occasion WHERE master <> excluded.master OR told <> 0",
            {with.account, room.str(), each.user.str(), each.identity});
        auto const kept = with.t.first("SELECT occasion FROM newcomer WHERE account = ?1 AND room_id = ?2 AND user_id = ?3",
                                       {with.account, room.str(), each.user.str()});
        untold.push_back({each, kept->text(0)});
    }
    return untold;
}

void note_told(context const& with, room_id const& room, newcomer const& whom) {
    with.t.run("UPDATE newcomer SET told = 1 WHERE account = ?1 AND room_id = ?2 AND user_id = ?3 AND master = ?4",
               {with.account, room.str(), whom.user.str(), whom.identity});
}

}  // namespace chatrixcd::matrix::crypto
