// SPDX-License-Identifier: Apache-2.0
#include "crypto/rooms/sending_key.hpp"

#include <algorithm>
#include <set>

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/base/json_text.hpp>

#include "crypto/olm/channel.hpp"
#include "crypto/olm/session_table.hpp"
#include "crypto/pickles.hpp"
#include "crypto/rooms/room_key_table.hpp"

namespace chatrixcd::matrix::crypto {

namespace json = boost::json;

namespace {

constexpr std::int64_t most_messages = 10000;
// A device with which no session could be begun is tried again after so long.
constexpr char const* refused_request = "refused";
constexpr base::duration reach_again = std::chrono::hours(1);
constexpr base::duration shortest_age = std::chrono::hours(1);
constexpr base::duration longest_age = std::chrono::hours(24 * 365);

std::int64_t count(base::duration d) { return d.count(); }

}  // namespace

rotation rotation_of(json::object const& encryption) {
    rotation read;
    if (auto const messages = base::find_integer(encryption, "rotation_period_msgs")) {
        read.messages = std::clamp<std::int64_t>(*messages, 1, most_messages);
    }
    if (auto const age = base::find_integer(encryption, "rotation_period_ms")) {
        read.age = base::duration(std::clamp(*age, count(shortest_age), count(longest_age)));
    }
    return read;
}

std::vector<device_row> room_sender::readers(audience const& who, std::vector<device_row>* others) const {
    std::vector<device_row> found;
    for (auto const& user : who.users) {
        for (auto& device : devices_of(with_, user)) {
            bool const is_this_one = user == with_.me && device.device == with_.device;
            if (is_this_one || !device.knows_megolm) continue;
            bool const is_admitted = device.is_cross_signed || who.unsigned_devices;
            if (is_admitted && !who.newcomers.contains(user)) {
                found.push_back(std::move(device));
            } else if (others != nullptr) {
                others->push_back(std::move(device));
            }
        }
    }
    return found;
}

bool room_sender::is_worn(audience const& who, base::row const& row) const {
    auto const age = with_.milliseconds() - row.integer(1);
    // A clock that was set back says nothing of the age.
    return row.integer(2) >= who.changes.messages || age >= count(who.changes.age) || row.text(3) != who.visibility;
}

bool room_sender::has_leavers(audience const& who, std::string const& session) const {
    std::set<std::pair<std::string, std::string>> may_read;
    for (auto const& each : readers(who, nullptr)) may_read.emplace(each.user.str(), each.curve25519);
    auto const shares = with_.t.query(
        "SELECT user_id, their_key FROM key_share WHERE account = ?1 AND room_id = ?2 AND session_id = ?3 AND state <> 2 LIMIT 100000",
        {with_.account, room_.str(), session});
    return std::ranges::any_of(shares, [&](base::row const& each) { return !may_read.contains({each.text(0), each.text(1)}); });
}

std::string room_sender::begin(audience const& who) {
    group_ = with_.olm.make_outbound_group();
    key_content_.clear();
    auto const id = group_->id();
    // Our own messages come back to us, encrypted.
    room_key_row own;
    own.room = room_;
    own.session = id;
    own.sender = with_.me;
    own.sender_curve25519 = own_.curve25519();
    own.sender_ed25519 = own_.ed25519();
    own.group = loaded(with_.olm.make_inbound_group(group_->session_key()));
    add_room_key(with_, std::move(own));
    with_.t.run("DELETE FROM key_share WHERE account = ?1 AND room_id = ?2", {with_.account, room_.str()});
    with_.t.run(
        "INSERT INTO sending_key (account, room_id, session_id, pickle, created, messages, visibility) VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6)"
        " ON CONFLICT (account, room_id) DO UPDATE SET session_id = excluded.session_id, pickle = excluded.pickle, created = "
        "excluded.created,"
        " messages = 0, visibility = excluded.visibility",
        {with_.account, room_.str(), id, sealed(with_.t, sealed_in::sending_key, group_->pickle()), with_.milliseconds(), who.visibility});
    return id;
}

bool room_sender::is_out_of_reach(base::row const& share) const {
    auto const code = share.optional_text(3);
    auto const since = with_.milliseconds() - share.integer(4);
    bool const is_recent = since >= 0 && since < count(reach_again);
    return is_recent && (code == refused_request || (code == "m.no_olm" && !has_session(with_, share.text(1))));
}

outbound_group* room_sender::sending() {
    if (!group_) {
        auto const row = with_.t.first("SELECT pickle FROM sending_key WHERE account = ?1 AND room_id = ?2", {with_.account, room_.str()});
        if (row) group_ = loaded(with_.olm.load_outbound_group(unsealed(with_.t, sealed_in::sending_key, *row, 0)));
    }
    return group_.get();
}

sharing room_sender::prepare(audience const& who) {
    auto const row = with_.t.first("SELECT session_id, created, messages, visibility FROM sending_key WHERE account = ?1 AND room_id = ?2",
                                   {with_.account, room_.str()});
    sharing plan;
    bool const goes_on = row && !is_worn(who, *row) && !has_leavers(who, row->text(0));
    plan.session = goes_on ? row->text(0) : begin(who);
    std::set<std::pair<std::string, std::string>> have;
    std::set<std::pair<std::string, std::string>> refused;
    for (auto const& share :
         with_.t.query("SELECT user_id, their_key, state, code, at FROM key_share WHERE account = ?1 AND room_id = ?2 AND"
                       " session_id = ?3 LIMIT 100000",
                       {with_.account, room_.str(), plan.session})) {
        if (share.integer(2) == static_cast<std::int64_t>(share_state::lost)) continue;
        bool const is_refusal = share.integer(2) == static_cast<std::int64_t>(share_state::withheld) && !is_out_of_reach(share);
        (is_refusal ? refused : have).emplace(share.text(0), share.text(1));
    }
    std::vector<device_row> others;
    for (auto& each : readers(who, &others)) {
        if (!have.contains({each.user.str(), each.curve25519})) plan.to_share.push_back(std::move(each));
    }
    for (auto& each : others) {
        if (refused.contains({each.user.str(), each.curve25519})) continue;
        (who.newcomers.contains(each.user) ? plan.newcomers : plan.to_refuse).push_back(std::move(each));
    }
    return plan;
}

json::object const& room_sender::key_content() {
    if (!key_content_.empty()) return key_content_;
    key_content_["algorithm"] = megolm_algorithm;
    key_content_["room_id"] = room_.str();
    key_content_["session_id"] = sending()->id();
    key_content_["session_key"] = sending()->session_key().reveal();
    return key_content_;
}

void room_sender::note_queued(device_row const& device, std::int64_t request) {
    with_.t.run(
        "INSERT INTO key_share (account, room_id, session_id, user_id, device_id, their_key, state, message_index, request, at)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, ?7, ?8, ?9) ON CONFLICT (account, room_id, session_id, user_id, their_key) DO UPDATE SET"
        " state = 0, message_index = excluded.message_index, request = excluded.request, code = NULL, at = excluded.at",
        {with_.account, room_.str(), sending()->id(), device.user.str(), device.device.str(), device.curve25519,
         std::int64_t{sending()->index()}, request, with_.milliseconds()});
}

bool room_sender::is_given(device_row const& device) {
    if (sending() == nullptr) return false;
    auto const found = with_.t.first(
        "SELECT 1 FROM key_share WHERE account = ?1 AND room_id = ?2 AND session_id = ?3 AND user_id = ?4 AND their_key = ?5"
        " AND state IN (0, 1)",
        {with_.account, room_.str(), sending()->id(), device.user.str(), device.curve25519});
    return found.has_value();
}

std::optional<json::object> room_sender::share(device_row const& with, std::int64_t request) {
    if (sending() == nullptr) return std::nullopt;
    auto message = write_to_device(with_, own_, with, "m.room_key", key_content());
    if (message) note_queued(with, request);
    return message;
}

json::object room_sender::share_first(claimed_session& in, std::int64_t request) {
    if (sending() == nullptr) throw std::logic_error("a key is shared that is not there");
    auto message = write_first(with_, own_, in, "m.room_key", key_content());
    note_queued(in.with, request);
    return message;
}

json::object room_sender::refuse(device_row const& device, std::string const& code, std::int64_t request) {
    auto* const group = sending();
    auto const session = group == nullptr ? std::string() : group->id();
    with_.t.run(
        "INSERT INTO key_share (account, room_id, session_id, user_id, device_id, their_key, state, message_index, request, code, at)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, 2, 0, ?7, ?8, ?9) ON CONFLICT (account, room_id, session_id, user_id, their_key) DO UPDATE SET"
        " state = 2, code = excluded.code, at = excluded.at",
        {with_.account, room_.str(), session, device.user.str(), device.device.str(), device.curve25519, request, code,
         with_.milliseconds()});
    json::object told{{"algorithm", megolm_algorithm}, {"sender_key", own_.curve25519()}, {"code", code}};
    // "m.no_olm" is about all keys.
    if (code != "m.no_olm") {
        told["room_id"] = room_.str();
        told["session_id"] = session;
    }
    return told;
}

bool room_sender::is_pending() const {
    return with_.t.first("SELECT 1 FROM key_share WHERE account = ?1 AND room_id = ?2 AND state = 0 LIMIT 1", {with_.account, room_.str()})
        .has_value();
}

json::object room_sender::encrypt(std::string const& type, json::object content) {
    auto* const group = sending();
    if (group == nullptr) throw std::logic_error("a message is encrypted before its key is shared");
    json::object made{{"algorithm", megolm_algorithm}, {"session_id", group->id()}};
    // In clear, so that homeservers can count what belongs together.
    if (auto const* relation = content.if_contains("m.relates_to")) {
        made["m.relates_to"] = *relation;
        content.erase("m.relates_to");
    }
    json::object const payload{{"type", type}, {"content", std::move(content)}, {"room_id", room_.str()}};
    std::string text;
    base::append_json(text, payload);
    made["ciphertext"] = group->encrypt(text);
    key_content_.clear();
    base::wipe(text);
    // Both are deprecated, and older clients want them.
    made["sender_key"] = own_.curve25519();
    made["device_id"] = with_.device.str();
    with_.t.run("UPDATE sending_key SET pickle = ?3, messages = messages + 1 WHERE account = ?1 AND room_id = ?2",
                {with_.account, room_.str(), sealed(with_.t, sealed_in::sending_key, group->pickle())});
    return made;
}

void note_refused(context const& with, std::int64_t request) {
    with.t.run("UPDATE key_share SET state = 2, code = ?3, at = ?4 WHERE account = ?1 AND request = ?2 AND state = 0",
               {with.account, request, refused_request, with.milliseconds()});
}

void retire_key(context const& with, room_id const& room) {
    with.t.run("UPDATE sending_key SET messages = ?3 WHERE account = ?1 AND room_id = ?2", {with.account, room.str(), most_messages});
}

void note_begun_anew(context const& with, std::string const& their_key) {
    with.t.run("UPDATE key_share SET state = 3 WHERE account = ?1 AND their_key = ?2 AND state IN (0, 1)", {with.account, their_key});
}

void note_shared(context const& with, std::int64_t request) {
    with.t.run("UPDATE key_share SET state = 1 WHERE account = ?1 AND request = ?2 AND state = 0", {with.account, request});
}

}  // namespace chatrixcd::matrix::crypto
