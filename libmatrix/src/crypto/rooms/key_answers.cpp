// SPDX-License-Identifier: Apache-2.0
#include "crypto/rooms/key_answers.hpp"

#include <boost/json/array.hpp>

#include <chatrixcd/base/json_reader.hpp>

#include "crypto/devices/own_devices.hpp"
#include "crypto/olm/channel.hpp"
#include "crypto/olm/requests.hpp"
#include "crypto/olm/session_table.hpp"
#include "crypto/rooms/room_key_table.hpp"
#include "crypto/wiping.hpp"

namespace chatrixcd::matrix::crypto {

namespace json = boost::json;

namespace {

constexpr std::int64_t most_at_once = 20;

std::string text_in(json::object const& from, std::string_view name) { return base::find_string(from, name).value_or(std::string()); }

// Who asks, if it is a device that is answered.
std::optional<device_row> asker_of(context const& with, std::string const& device) {
    auto found = find_device(with, with.me, device_id(device));
    if (found && is_own_and_verified(with, *found)) return found;
    return std::nullopt;
}

void settle(context const& with, std::int64_t question) { with.t.run("UPDATE key_question SET answered = 1 WHERE rowid = ?1", {question}); }

json::object forwarded(room_key_row const& key, base::secret const& exported) {
    json::object content{{"algorithm", megolm_algorithm}, {"room_id", key.room.str()}, {"session_id", key.session}};
    content["session_key"] = exported.reveal();
    content["sender_key"] = key.sender_curve25519;
    content["sender_claimed_ed25519_key"] = key.sender_ed25519;
    content["forwarding_curve25519_key_chain"] = json::array();
    return content;
}

}  // namespace

void note_key_request(context const& with, user_id const& sender, json::object const& content) {
    auto const device = device_id::parse(text_in(content, "requesting_device_id"));
    auto const id = text_in(content, "request_id");
    if (sender != with.me || !device || id.empty()) return;
    auto const action = text_in(content, "action");
    if (action == "request_cancellation") {
        with.t.run("DELETE FROM key_question WHERE account = ?1 AND device_id = ?2 AND request_id = ?3 AND answered = 0",
                   {with.account, device->str(), id});
    }
    auto const* body = base::find_object(content, "body");
    if (action != "request" || body == nullptr || text_in(*body, "algorithm") != megolm_algorithm) return;
    auto const room = room_id::parse(text_in(*body, "room_id"));
    if (!room) return;
    with.t.run(
        "INSERT INTO key_question (account, device_id, room_id, session_id, request_id, at, answered) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0)"
        " ON CONFLICT (account, device_id, room_id, session_id) DO UPDATE SET request_id = excluded.request_id, at = excluded.at,"
        " answered = 0 WHERE answered = 1 AND at <= ?7",
        {with.account, device->str(), room->str(), text_in(*body, "session_id"), id, with.milliseconds(),
         with.milliseconds() - answer_again.count()});
    with.t.run(
        "DELETE FROM key_question WHERE account = ?1 AND rowid <= (SELECT rowid FROM key_question WHERE account = ?1 ORDER BY rowid DESC"
        " LIMIT 1 OFFSET ?2)",
        {with.account, most_questions});
}

std::vector<device_row> review_questions(context const& with) {
    std::vector<device_row> without;
    for (auto const& row : with.t.query("SELECT DISTINCT device_id FROM key_question WHERE account = ?1 AND answered = 0 LIMIT ?2",
                                        {with.account, most_questions})) {
        auto asker = asker_of(with, row.text(0));
        if (!asker) {
            with.t.run("DELETE FROM key_question WHERE account = ?1 AND device_id = ?2 AND answered = 0", {with.account, row.text(0)});
        } else if (!has_session(with, asker->curve25519)) {
            without.push_back(std::move(*asker));
        }
    }
    return without;
}

bool answer_questions(context const& with, own_device& own, std::string const& token) {
    auto const open = with.t.query(
        "SELECT rowid, device_id, room_id, session_id FROM key_question WHERE account = ?1 AND answered = 0 ORDER BY rowid LIMIT ?2",
        {with.account, most_at_once});
    unsigned count = 0;
    for (auto const& each : open) {
        settle(with, each.integer(0));
        auto const asker = asker_of(with, each.text(1));
        if (!asker) continue;
        for (auto const& key : room_keys_of(with, room_id(each.text(2)), each.text(3))) {
            // What lay at the homeserver would be worth more for coming from us.
            if (key.source == key_source::backup) continue;
            auto const exported = key.group->export_at(key.group->first_index());
            if (!exported) continue;
            auto content = forwarded(key, *exported);
            wiping const wiped(content);
            auto message = write_to_device(with, own, *asker, "m.forwarded_room_key", content);
            if (!message) continue;
            device_messages messages;
            messages.add(asker->user, asker->device, std::move(*message));
            auto const transaction = token + "." + std::to_string(++count);
            fill_request(with, reserve_request(with, "m.room.encrypted", transaction), std::move(messages).body());
        }
    }
    return !open.empty();
}

}  // namespace chatrixcd::matrix::crypto
