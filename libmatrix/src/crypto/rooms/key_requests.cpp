// SPDX-License-Identifier: Apache-2.0
#include "crypto/rooms/key_requests.hpp"

#include <chatrixcd/base/json_reader.hpp>

#include "crypto/devices/own_devices.hpp"
#include "crypto/driver/curve25519.hpp"
#include "crypto/olm/requests.hpp"

namespace chatrixcd::matrix::crypto {

namespace json = boost::json;

namespace {

constexpr base::duration day = std::chrono::hours(24);
// In one transaction.
constexpr std::int64_t most_at_once = 20;

std::string text_in(json::object const& from, std::string_view name) { return base::find_string(from, name).value_or(std::string()); }

// Messages in clear to the account's other devices, which are the same to each.
class asking {
public:
    asking(context const& with, std::string const& token) : with_(with), token_(token), siblings_(verified_own_devices(with)) {}

    bool run() {
        take_back();
        if (!siblings_.empty()) ask();
        return count_ > 0;
    }

private:
    json::object request(std::string const& id, char const* action) const {
        return json::object{{"action", action}, {"request_id", id}, {"requesting_device_id", with_.device.str()}};
    }

    void send(json::object const& content) {
        device_messages messages;
        for (auto const& each : siblings_) messages.add(each.user, each.device, content);
        auto const transaction = token_ + "." + std::to_string(++count_);
        fill_request(with_, reserve_request(with_, "m.room_key_request", transaction), std::move(messages).body());
    }

    void take_back() {
        auto const settled = with_.t.query(
            "SELECT rowid, request_id FROM key_request WHERE account = ?1 AND NOT EXISTS (SELECT 1 FROM undecrypted WHERE"
            " undecrypted.account = ?1 AND undecrypted.room_id = key_request.room_id AND undecrypted.session_id = key_request.session_id"
            " AND undecrypted.sender = key_request.sender) LIMIT ?2",
            {with_.account, most_at_once});
        for (auto const& each : settled) {
            if (!siblings_.empty()) send(request(each.text(1), "request_cancellation"));
            with_.t.run("DELETE FROM key_request WHERE rowid = ?1", {each.integer(0)});
        }
    }

    std::int64_t asked_since(std::int64_t since, std::string const& sender) const {
        return with_.t
            .first("SELECT count(*) FROM key_request WHERE account = ?1 AND at > ?2 AND (?3 = '' OR sender = ?3)",
                   {with_.account, since, sender})
            ->integer(0);
    }

    void ask() {
        auto const yesterday = with_.milliseconds() - day.count();
        auto const wanted = with_.t.query(
            "SELECT room_id, session_id, sender FROM undecrypted WHERE account = ?1 AND for_device = 0 AND length(session_id) < 256"
            " AND NOT EXISTS (SELECT 1 FROM"
            " key_request WHERE key_request.account = ?1 AND key_request.room_id = undecrypted.room_id AND key_request.session_id ="
            " undecrypted.session_id AND key_request.sender = undecrypted.sender) AND (SELECT count(*) FROM key_request WHERE"
            " key_request.account = ?1 AND key_request.sender = undecrypted.sender AND key_request.at > ?3) < ?4"
            " GROUP BY room_id, session_id, sender ORDER BY max(rowid) DESC LIMIT ?2",
            {with_.account, most_at_once, yesterday, most_requests_for_one});
        auto today = asked_since(yesterday, "");
        for (auto const& each : wanted) {
            if (today >= most_requests_a_day) return;
            if (asked_since(yesterday, each.text(2)) >= most_requests_for_one) continue;
            auto const id = token_ + "-" + std::to_string(count_);
            auto content = request(id, "request");
            content["body"] = json::object{{"algorithm", megolm_algorithm}, {"room_id", each.text(0)}, {"session_id", each.text(1)}};
            send(content);
            with_.t.run("INSERT INTO key_request (account, room_id, session_id, sender, request_id, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                        {with_.account, each.text(0), each.text(1), each.text(2), id, with_.milliseconds()});
            ++today;
        }
    }

    context const& with_;
    std::string const& token_;
    std::vector<device_row> siblings_;
    unsigned count_ = 0;
};

// Of whose messages that session is, among those for whose sake it was asked for: the owner of the device that is said to have made it.
std::optional<user_id> owner_of(context const& with, room_id const& room, std::string const& session, std::string const& curve25519,
                                std::string const& ed25519) {
    for (auto const& row : with.t.query("SELECT sender FROM key_request WHERE account = ?1 AND room_id = ?2 AND session_id = ?3 LIMIT ?4",
                                        {with.account, room.str(), session, most_at_once})) {
        user_id sender(row.text(0));
        auto const device = find_device_by_key(with, sender, curve25519);
        if (device && device->ed25519 == ed25519) return sender;
    }
    return std::nullopt;
}

}  // namespace

bool ask_for_keys(context const& with, std::string const& token) { return asking(with, token).run(); }

forwarded_key take_forwarded_key(context const& with, device_event const& event) {
    forwarded_key taken;
    if (!event.device || !is_own_and_verified(with, *event.device)) return taken;
    auto const room = room_id::parse(text_in(event.content, "room_id"));
    auto const curve25519 = checked_curve25519(text_in(event.content, "sender_key"));
    auto const ed25519 = text_in(event.content, "sender_claimed_ed25519_key");
    if (!room || !curve25519 || text_in(event.content, "algorithm") != megolm_algorithm) return taken;
    taken.room = *room;
    taken.session = text_in(event.content, "session_id");
    auto const owner = owner_of(with, *room, taken.session, *curve25519, ed25519);
    if (!owner) return taken;
    auto group = with.olm.import_inbound_group(base::secret(text_in(event.content, "session_key")));
    if (!group || (*group)->id() != taken.session) return taken;
    room_key_row row;
    row.room = *room;
    row.session = taken.session;
    row.sender = *owner;
    row.sender_curve25519 = *curve25519;
    row.sender_ed25519 = ed25519;
    row.source = key_source::forwarded;
    row.group = std::move(*group);
    taken.outcome = add_room_key(with, std::move(row));
    return taken;
}

}  // namespace chatrixcd::matrix::crypto
