// SPDX-License-Identifier: Apache-2.0
#include "encryption/room_encryption.hpp"

#include <algorithm>
#include <boost/json/object.hpp>

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/base/json_text.hpp>

#include "crypto/devices/device_lists.hpp"
#include "crypto/keys/own_device.hpp"
#include "crypto/rooms/pinned_members.hpp"
#include "outbox/lookup.hpp"
#include "outbox/request.hpp"
#include "state/room_table.hpp"
#include "state/sealed_columns.hpp"

namespace chatrixcd::matrix::detail {

namespace json = boost::json;

namespace {

json::object content_of(base::transaction& t, std::int64_t account, room_id const& room, std::string_view type) {
    auto const text = find_state(t, account, room, type, "");
    auto const event = text ? base::parse_json_object(*text) : base::result<json::object>(json::object());
    auto const* content = event ? base::find_object(*event, "content") : nullptr;
    return content == nullptr ? json::object() : *content;
}

sealed_message refused(error why) {
    sealed_message message;
    message.before = obstacle::refusal;
    message.why = std::move(why);
    return message;
}

// The ciphertext that was kept, if this device has made it.
std::optional<std::string> kept_ciphertext(crypto::context const& with, outbox_row const& row) {
    auto const found = with.t.first("SELECT ciphertext FROM outbox WHERE id = ?1 AND ciphertext IS NOT NULL AND ciphertext_device = ?2",
                                    {row.id, with.device.str()});
    if (!found) return std::nullopt;
    auto text = with.t.unseal(sealed_in::outbox_ciphertext, found->bytes(0));
    return text ? std::optional(std::move(*text)) : std::nullopt;
}

// Whether everybody's list is current but of those whose homeserver did not answer.
bool are_asked(crypto::context const& with, std::vector<user_id> const& users, std::set<user_id> const& unanswered) {
    return std::ranges::all_of(users, [&](user_id const& each) { return unanswered.contains(each) || crypto::is_current(with, each); });
}

// Of a room that no sync has shown nothing is known.
sealed_message in_clear_where_known(room_row const& room, outbox_row const& row) {
    if (room.ours == membership::join) return as_it_is(row);
    sealed_message message;
    message.before = obstacle::room;
    return message;
}

}  // namespace

crypto::audience audience_of(crypto::context const& with, room_id const& room, room_policy how) {
    crypto::audience who;
    who.unsigned_devices = how.unsigned_devices;
    who.visibility =
        base::find_string(content_of(with.t, with.account, room, "m.room.history_visibility"), "history_visibility").value_or("shared");
    who.changes = crypto::rotation_of(content_of(with.t, with.account, room, "m.room.encryption"));
    auto const* const second = who.visibility == "joined" ? "join" : "invite";
    for (auto const& each : members_with(with.t, with.account, room, "join", second)) {
        auto user = user_id::parse(each.user);
        if (user) who.users.push_back(std::move(*user));
    }
    if (!how.pinned) return who;
    // Of members that are not all known the others would be newcomers.
    if (load_room(with.t, with.account, room).members_known) crypto::pin_members(with, room, who.users);
    for (auto& each : crypto::newcomers_among(with, room, who.users)) who.newcomers.insert(std::move(each.user));
    return who;
}

std::vector<newcomer> newcomers_of(crypto::context const& with, room_id const& room) {
    room_policy pinned;
    pinned.pinned = true;
    return crypto::newcomers_among(with, room, audience_of(with, room, pinned).users);
}

sealed_message seal_message(crypto::context const& with, outbox_row const& row, room_policy how, std::set<user_id> const& unanswered) {
    auto const room = load_room(with.t, with.account, row.room);
    if (leaves_in_clear(row)) return as_it_is(row);
    if (room.encryption.empty()) return in_clear_where_known(room, row);
    if (room.encryption != crypto::megolm_algorithm) {
        return refused(error(error_kind::unsupported, "the room is encrypted in a way that is not known here"));
    }
    sealed_message message;
    message.type = "m.room.encrypted";
    if (auto kept = kept_ciphertext(with, row)) {
        message.content = std::move(*kept);
        return message;
    }
    auto const who = audience_of(with, row.room, how);
    message.before = obstacle::keys;
    if (!room.members_known || !are_asked(with, who.users, unanswered)) return message;
    crypto::own_device own(with);
    crypto::room_sender sender(with, own, row.room);
    auto const plan = sender.prepare(who);
    if (!plan.to_share.empty() || !plan.to_refuse.empty() || !plan.newcomers.empty() || sender.is_pending()) return message;
    auto content = base::parse_json_object(final_content(row));
    if (!content) return refused(error(error_kind::environment, "what is stored of the message cannot be read: the database is damaged"));
    auto const key = base::find_string(*content, key_member);
    auto encrypted = sender.encrypt(row.type, std::move(*content));
    // By this a message is found again that may have been sent.
    if (key) encrypted[key_member] = *key;
    base::append_json(message.content, encrypted);
    with.t.run("UPDATE outbox SET ciphertext = ?2, ciphertext_device = ?3 WHERE id = ?1",
               {row.id, with.t.seal(sealed_in::outbox_ciphertext, message.content), with.device.str()});
    message.before = obstacle::none;
    return message;
}

sealed_message leave_in_clear(base::transaction& t, std::int64_t account, outbox_row const& row) {
    if (leaves_in_clear(row)) return as_it_is(row);
    auto const room = load_room(t, account, row.room);
    if (room.encryption.empty()) return in_clear_where_known(room, row);
    return refused(error(error_kind::unsupported, "the room is encrypted, and this client is set up without encryption")
                       .with_hint("Switch encryption on (matrix::options::encryption)"));
}

}  // namespace chatrixcd::matrix::detail
