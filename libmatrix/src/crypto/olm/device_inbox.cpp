// SPDX-License-Identifier: Apache-2.0
#include "crypto/olm/device_inbox.hpp"

#include <variant>

#include <chatrixcd/base/json_reader.hpp>

#include "crypto/olm/session_table.hpp"
#include "crypto/olm/wedged.hpp"
#include "crypto/rooms/key_answers.hpp"
#include "crypto/rooms/key_requests.hpp"
#include "crypto/rooms/room_key_table.hpp"
#include "crypto/rooms/waiting.hpp"
#include "crypto/wiping.hpp"

namespace chatrixcd::matrix::crypto {

namespace json = boost::json;

namespace {

// Of a reason why a key is withheld ("m.unauthorised").
constexpr std::size_t longest_code = 64;

std::string text_in(json::object const& from, std::string_view name) { return base::find_string(from, name).value_or(std::string()); }

}  // namespace

void device_inbox::take(json::object const& event) {
    auto const sender = user_id::parse(text_in(event, "sender"));
    auto const* content = base::find_object(event, "content");
    if (!sender || content == nullptr) {
        complaints_.emplace_back("a message to this device is malformed");
        return;
    }
    auto const type = text_in(event, "type");
    if (type == "m.room.encrypted") take_encrypted(*sender, *content);
    if (type == "m.room_key.withheld") take_withheld(*sender, *content);
    if (type == "m.room_key_request") note_key_request(with_, *sender, *content);
    // What they say is worth what people compare: it needs no encryption.
    if (type.starts_with(verification_prefix)) take_verification(*sender, type, *content);
    // Keys come encrypted or not at all.
}

void device_inbox::take_encrypted(user_id const& sender, json::object const& content) {
    auto said = read_from_device(with_, own_, sender, content);
    if (auto const* refused = std::get_if<refused_event>(&said)) {
        if (refused->why == refusal::repeated || refused->why == refusal::not_for_us) return;
        complaints_.push_back("a message to this device from " + sender.str() + " is not taken: " + refused->words);
        // Only with a device that is known: whoever makes keys up could make us send without end.
        bool const is_broken = refused->why == refusal::undecryptable;
        if (is_broken && find_device_by_key(with_, sender, refused->sender_key)) note_wedged(with_, sender, refused->sender_key);
        return;
    }
    auto& event = std::get<device_event>(said);
    wiping const wiped(event.content);
    if (event.type == "m.room_key") take_room_key(event);
    if (event.type == "m.forwarded_room_key") take_forwarded(event);
    if (event.type.starts_with(verification_prefix)) take_verification(event.sender, event.type, event.content);
}

void device_inbox::take_verification(user_id const& sender, std::string type, json::object const& content) {
    // More in one response are nobody's who verifies.
    constexpr std::size_t most = 100;
    if (verifications_.size() >= most) return;
    verification_said said;
    said.sender = sender;
    said.type = std::move(type);
    said.content = content;
    verifications_.push_back(std::move(said));
}

void device_inbox::take_room_key(device_event const& event) {
    if (text_in(event.content, "algorithm") != megolm_algorithm) return;
    auto room = room_id::parse(text_in(event.content, "room_id"));
    base::secret const key(text_in(event.content, "session_key"));
    auto group = with_.olm.make_inbound_group(key);
    if (!room || !group || (*group)->id() != text_in(event.content, "session_id")) {
        complaints_.push_back("a key from " + event.sender.str() + " is malformed");
        return;
    }
    room_key_row row;
    row.room = *room;
    row.session = (*group)->id();
    row.sender = event.sender;
    row.sender_curve25519 = event.sender_curve25519;
    row.sender_ed25519 = event.sender_ed25519;
    row.group = std::move(*group);
    auto name = std::make_pair(*room, row.session);
    auto const outcome = add_room_key(with_, std::move(row));
    if (outcome == key_outcome::refused) complaints_.push_back("a key from " + event.sender.str() + " is that of another device");
    if (outcome == key_outcome::added || outcome == key_outcome::improved) new_keys_.insert(std::move(name));
}

void device_inbox::take_forwarded(device_event const& event) {
    auto forwarded = take_forwarded_key(with_, event);
    if (forwarded.outcome == key_outcome::refused) complaints_.push_back("a key that " + event.sender.str() + " passed on is not taken");
    if (forwarded.outcome != key_outcome::added && forwarded.outcome != key_outcome::improved) return;
    new_keys_.emplace(std::move(forwarded.room), std::move(forwarded.session));
}

void device_inbox::take_withheld(user_id const& sender, json::object const& content) {
    auto const room = room_id::parse(text_in(content, "room_id"));
    auto const code = text_in(content, "code");
    // "m.no_olm" is about a device, not about a room: its key comes with the next session.
    if (!room || code.empty() || code.size() > longest_code || text_in(content, "session_id").empty()) return;
    note_withheld(with_, *room, text_in(content, "session_id"), sender, code);
}

}  // namespace chatrixcd::matrix::crypto
