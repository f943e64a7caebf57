// SPDX-License-Identifier: Apache-2.0
#include "crypto/backup/adopting.hpp"

#include <chatrixcd/base/json_reader.hpp>

#include "crypto/backup/backup_table.hpp"
#include "crypto/pickles.hpp"
#include "crypto/rooms/waiting.hpp"
#include "crypto/wiping.hpp"

namespace chatrixcd::matrix::crypto {

namespace json = boost::json;

namespace {

// Another event of a session that was looked for may be looked for again after so long: another device may have put the key there.
constexpr base::duration look_again = std::chrono::hours(1);
constexpr std::int64_t most_at_once = 100;

bool is_given_by_another(context const& with, room_id const& room, std::string const& session, user_id const& sender) {
    return with.t
        .first("SELECT 1 FROM room_key WHERE account = ?1 AND room_id = ?2 AND session_id = ?3 AND sender <> ?4 AND source <> ?5 LIMIT 1",
               {with.account, room.str(), session, sender.str(), static_cast<std::int64_t>(key_source::backup)})
        .has_value();
}

bool is_device_of_another(context const& with, user_id const& sender, exported_session const& key) {
    bool const is_contradicted =
        with.t
            .first("SELECT 1 FROM device WHERE account = ?1 AND curve25519 = ?2 AND (user_id <> ?3 OR ed25519 <> ?4) LIMIT 1",
                   {with.account, key.sender_curve25519, sender.str(), key.sender_ed25519})
            .has_value();
    if (is_contradicted || sender == with.me) return is_contradicted;
    return with.t.first("SELECT 1 FROM own_device WHERE account = ?1 AND curve25519 = ?2", {with.account, key.sender_curve25519})
        .has_value();
}

std::unique_ptr<inbound_group> copy_of(context const& with, inbound_group& group) {
    return loaded(with.olm.import_inbound_group(loaded(group.export_at(group.first_index()))));
}

}  // namespace

key_outcome adopt_key(context const& with, room_id const& room, std::string const& session, user_id const& sender,
                      exported_session const& exported) {
    if (exported.group->id() != session) return key_outcome::refused;
    room_key_row row;
    row.room = room;
    row.session = session;
    row.sender = sender;
    row.sender_curve25519 = exported.sender_curve25519;
    row.sender_ed25519 = exported.sender_ed25519;
    row.source = key_source::backup;
    row.group = copy_of(with, *exported.group);
    if (auto const known = find_room_key(with, room, session, sender)) {
        row.sender_curve25519 = known->sender_curve25519;
        row.sender_ed25519 = known->sender_ed25519;
    } else if (is_given_by_another(with, room, session, sender) || is_device_of_another(with, sender, exported)) {
        return key_outcome::refused;
    }
    return add_room_key(with, std::move(row));
}

std::vector<session_name> next_to_look_up(context const& with) {
    // Those of which the answer is known for now.
    with.t.run(
        "UPDATE undecrypted SET looked_up = (SELECT max(other.looked_up) FROM undecrypted AS other WHERE other.account = ?1 AND"
        " other.room_id = undecrypted.room_id AND other.session_id = undecrypted.session_id)"
        " WHERE account = ?1 AND looked_up IS NULL AND EXISTS (SELECT 1 FROM undecrypted AS other WHERE other.account = ?1 AND"
        " other.room_id = undecrypted.room_id AND other.session_id = undecrypted.session_id AND other.looked_up > ?2)",
        {with.account, std::int64_t{(with.now - look_again).time_since_epoch().count()}});
    std::vector<session_name> found;
    for (auto const& row : with.t.query(
             "SELECT DISTINCT room_id, session_id FROM undecrypted WHERE account = ?1 AND looked_up IS NULL AND for_device = 0 LIMIT ?2",
             {with.account, most_at_once})) {
        found.emplace_back(room_id(row.text(0)), row.text(1));
    }
    return found;
}

void note_looked_up(context const& with, session_name const& which) {
    with.t.run("UPDATE undecrypted SET looked_up = ?4 WHERE account = ?1 AND room_id = ?2 AND session_id = ?3",
               {with.account, which.first.str(), which.second, with.milliseconds()});
}

restored take_backed_up(context const& with, session_name const& which, json::object const& answer) {
    auto const& [room, session] = which;
    auto const refused = [&](std::string const& why) {
        return restored{false, "a key in the backup, for " + room.str() + ", is not taken: " + why};
    };
    auto const key = load_backup_key(with);
    auto const* data = base::find_object(answer, "session_data");
    if (!key || data == nullptr) return refused("it is malformed");
    auto const opened = key->open(*data);
    if (!opened) return refused("it was not encrypted for this backup");
    auto said = base::parse_json_object(opened->reveal());
    if (!said) return refused("it is malformed");
    wiping const wiped(*said);
    auto const exported = read_exported(with.olm, *said);
    if (!exported) return refused(exported.error().message());
    if (exported->group->id() != session) return refused("it is that of another session");
    restored done;
    for (auto const& sender : senders_waiting(with, room, session)) {
        auto const outcome = adopt_key(with, room, session, sender, *exported);
        if (outcome == key_outcome::refused) done.complaint = refused("it contradicts what is known of " + sender.str()).complaint;
        if (outcome == key_outcome::added || outcome == key_outcome::improved) done.has_key = true;
        // It lies there already.
        if (outcome == key_outcome::added) {
            with.t.run("UPDATE room_key SET in_backup = 1 WHERE account = ?1 AND room_id = ?2 AND session_id = ?3 AND sender = ?4",
                       {with.account, room.str(), session, sender.str()});
        }
    }
    return done;
}

}  // namespace chatrixcd::matrix::crypto
