// SPDX-License-Identifier: Apache-2.0
#include "crypto/backup/uploading.hpp"

#include "crypto/backup/backup_key.hpp"
#include "crypto/backup/exported_session.hpp"
#include "crypto/devices/device_table.hpp"
#include "crypto/pickles.hpp"

namespace chatrixcd::matrix::crypto {

namespace json = boost::json;

namespace {

// Of a session, what no backup has room for.
constexpr char const* has_better =
    " EXISTS (SELECT 1 FROM room_key AS better WHERE better.account = room_key.account AND better.room_id = room_key.room_id AND"
    " better.session_id = room_key.session_id AND (better.source, better.id) < (room_key.source, room_key.id))";

json::object& member(json::object& of, std::string const& name) {
    auto& value = of[name];
    if (!value.is_object()) value = json::object();
    return value.get_object();
}

// Whether whose device it is from was proved: by that device, and by its owner's identity.
bool is_verified(context const& with, room_key_row const& key) {
    if (key.source != key_source::direct) return false;
    auto const device = find_device_by_key(with, key.sender, key.sender_curve25519);
    return device && device->ed25519 == key.sender_ed25519 && device->is_cross_signed;
}

}  // namespace

backup_batch next_to_back_up(context const& with, base::random& randomness, std::string const& public_key) {
    with.t.run(std::string("UPDATE room_key SET in_backup = 1 WHERE account = ?1 AND in_backup = 0 AND") + has_better, {with.account});
    backup_batch batch;
    auto& rooms = batch.body["rooms"].emplace_object();
    for (auto const& from : with.t.query(
             "SELECT id, room_id, session_id, sender, sender_key, sender_ed25519, source, pickle FROM room_key WHERE account = ?1 AND"
             " in_backup = 0 ORDER BY id LIMIT ?2",
             {with.account, most_backed_up_at_once})) {
        room_key_row key;
        key.room = room_id(from.text(1));
        key.session = from.text(2);
        key.sender = user_id(from.text(3));
        key.sender_curve25519 = from.text(4);
        key.sender_ed25519 = from.text(5);
        key.source = static_cast<key_source>(from.integer(6));
        key.group = loaded(with.olm.load_inbound_group(unsealed(with.t, sealed_in::room_key, from, 7)));
        std::int64_t const first = key.group->first_index();
        auto data = seal_for_backup(randomness, public_key, write_exported(key, /*with_place=*/false).reveal());
        if (!data) throw base::store_error("the stored public key of the backup is damaged");
        json::object described;
        described["first_message_index"] = first;
        described["forwarded_count"] = key.source == key_source::direct ? 0 : 1;
        described["is_verified"] = is_verified(with, key);
        described["session_data"] = std::move(*data);
        member(member(rooms, key.room.str()), "sessions")[key.session] = std::move(described);
        batch.keys.push_back({from.integer(0), key.session, first});
    }
    return batch;
}

void note_backed_up(context const& with, std::vector<backup_batch::key> const& keys) {
    for (auto const& each : keys) {
        with.t.run("UPDATE room_key SET in_backup = 1 WHERE account = ?1 AND id = ?2 AND session_id = ?3 AND first_index = ?4",
                   {with.account, each.id, each.session, each.first_index});
    }
}

std::int64_t count_to_back_up(context const& with) {
    return with.t
        .first(std::string("SELECT count(*) FROM room_key WHERE account = ?1 AND in_backup = 0 AND NOT") + has_better, {with.account})
        ->integer(0);
}

}  // namespace chatrixcd::matrix::crypto
