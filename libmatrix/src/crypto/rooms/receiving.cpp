// SPDX-License-Identifier: Apache-2.0
#include "crypto/rooms/receiving.hpp"

#include <chatrixcd/base/json_reader.hpp>

#include "crypto/devices/device_lists.hpp"
#include "crypto/devices/device_table.hpp"
#include "crypto/devices/trusted_keys.hpp"
#include "crypto/verification/verified_table.hpp"

namespace chatrixcd::matrix::crypto {

namespace json = boost::json;
using base::find_object;
using base::find_string;

namespace {

unreadable_event cannot(unreadable why, std::string session, std::string words) { return {why, std::move(session), std::move(words)}; }

std::string text_in(json::object const& from, std::string_view name) { return find_string(from, name).value_or(std::string()); }

// What an event is about stands outside of what is encrypted, so that homeservers can count it.
void add_relation(json::object& to, json::object const& outer) {
    if (auto const* relation = find_object(outer, "m.relates_to"); relation != nullptr && !to.contains("m.relates_to")) {
        to["m.relates_to"] = *relation;
    }
}

}  // namespace

room_key_row* room_reader::key_for(room_id const& room, std::string const& session, user_id const& sender) {
    auto const name = std::make_tuple(room, session, sender);
    auto found = keys_.find(name);
    if (found == keys_.end()) found = keys_.emplace(name, find_room_key(with_, room, session, sender)).first;
    return found->second ? &*found->second : nullptr;
}

// Of a device for which nobody vouched it is asked again where its owner's list has changed: they may have by now.
bool room_reader::is_known(room_key_row const& key) const {
    auto const device = find_device_by_key(with_, key.sender, key.sender_curve25519);
    return (device && device->is_cross_signed) || is_current(with_, key.sender);
}

trust room_reader::trust_in(room_key_row const& key, bool late) const {
    trust believed;
    believed.encrypted = true;
    believed.source = key.source;
    believed.late = late;
    auto const device = find_device_by_key(with_, key.sender, key.sender_curve25519);
    // Who passes a key on, or has written it into a backup, says whose it is, and shows nothing for it.
    if (key.source == key_source::direct && device && device->ed25519 == key.sender_ed25519) {
        believed.device = device->device;
        believed.fingerprint = device->ed25519;
        believed.cross_signed = device->is_cross_signed;
    }
    auto const identity = find_identity(with_, key.sender);
    believed.identity_changed = identity && identity->changed;
    // Whom people have compared is to be compared again when another identity was shown meanwhile; a key from elsewhere says enough.
    bool const is_compared = identity && !identity->changed && is_verified(with_, key.sender, identity->keys.master);
    bool const is_trusted = identity && (is_trusted_identity(with_, key.sender, identity->keys.master) ||
                                         is_trusted_device(with_, key.sender, believed.fingerprint));
    believed.user_verified = believed.cross_signed && (is_compared || is_trusted);
    return believed;
}

std::variant<clear_event, unreadable_event> room_reader::read(encrypted_event const& event, bool whoever) {
    auto session = text_in(event.content, "session_id");
    if (text_in(event.content, "algorithm") != megolm_algorithm) {
        return cannot(unreadable::malformed, std::move(session), "it is encrypted in a way that is not known here");
    }
    if (session.empty()) return cannot(unreadable::malformed, std::move(session), "it names no session");
    auto* key = key_for(event.room, session, event.sender);
    if (key == nullptr) return cannot(unreadable::missing_key, std::move(session), "its key has not come");
    if (!whoever && !is_known(*key)) {
        return cannot(unreadable::unknown_device, std::move(session), "whose device it is has not been asked");
    }
    auto said = key->group->decrypt(text_in(event.content, "ciphertext"));
    // Whoever passed a key on, or wrote it into a backup, may have made it up: there may be another one, and what its sender says himself
    // is waited for.
    auto const is_of_another_ratchet = [&] {
        return !said && said.error().kind() == base::error_kind::conflict && key->source != key_source::direct;
    };
    while (is_of_another_ratchet() && key->highest_index < 0) {
        forget_room_key(with_, *key);
        keys_.erase(std::make_tuple(event.room, session, event.sender));
        key = key_for(event.room, session, event.sender);
        if (key == nullptr) return cannot(unreadable::missing_key, std::move(session), "the key that was passed on does not read it");
        said = key->group->decrypt(text_in(event.content, "ciphertext"));
    }
    if (is_of_another_ratchet()) return cannot(unreadable::missing_key, std::move(session), "the key that was passed on does not read it");
    if (!said) {
        bool const is_early = said.error().kind() == base::error_kind::not_found;
        return cannot(is_early ? unreadable::earlier_index : unreadable::malformed, std::move(session), said.error().message());
    }
    auto payload = base::parse_json_object(said->text);
    base::wipe(said->text);
    if (!payload) return cannot(unreadable::malformed, std::move(session), "what was encrypted is no JSON object");
    if (text_in(*payload, "room_id") != event.room.str())
        return cannot(unreadable::forged, std::move(session), "it was said in another room");
    clear_event clear;
    clear.type = text_in(*payload, "type");
    auto const* content = find_object(*payload, "content");
    // State is never encrypted, and nothing is encrypted twice.
    if (clear.type.empty() || clear.type == "m.room.encrypted" || content == nullptr || payload->contains("state_key")) {
        return cannot(unreadable::malformed, std::move(session), "what was encrypted is no message");
    }
    // A homeserver can hold back both what it shows and the key that it keeps.
    bool const is_restored = key->source == key_source::backup;
    bool const late = is_restored || std::int64_t{said->index} < key->highest_index || has_newer_key(with_, *key);
    if (!note_message(with_, *key, said->index, event.id, event.sent)) {
        return cannot(unreadable::repeated, std::move(session), "the same message was shown before as another event");
    }
    clear.content = *content;
    add_relation(clear.content, event.content);
    clear.believed = trust_in(*key, late);
    return clear;
}

}  // namespace chatrixcd::matrix::crypto
