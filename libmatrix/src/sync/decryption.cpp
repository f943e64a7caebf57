// SPDX-License-Identifier: Apache-2.0
#include "sync/decryption.hpp"

#include <algorithm>
#include <boost/json/object.hpp>
#include <iterator>
#include <variant>

#include <chatrixcd/base/json_reader.hpp>

#include "crypto/devices/device_lists.hpp"
#include "crypto/rooms/pinned_members.hpp"
#include "crypto/rooms/sending_key.hpp"

namespace chatrixcd::matrix::detail {

namespace json = boost::json;

namespace {

// The event as it would stand there if it were not encrypted.
std::shared_ptr<json::value const> clear_text(raw_event const& e, crypto::clear_event&& said) {
    json::object made = e.object();
    made["type"] = std::move(said.type);
    made["content"] = std::move(said.content);
    return std::make_shared<json::value const>(std::move(made));
}

}  // namespace

decryption::decryption(base::transaction& t, crypto::driver& olm, std::int64_t account, user_id me, device_id device, base::time_point now)
    : with_{t, olm, account, std::move(me), std::move(device), now}, reader_(with_) {}

bool decryption::take(device_news const& news) {
    bool const counts_changed = crypto::counts_differ(with_, news.one_time_keys, news.has_fallback);
    if (!news.events.empty() || counts_changed) own_.emplace(with_);
    if (!news.events.empty()) {
        crypto::device_inbox inbox(with_, *own_);
        for (auto const* each : news.events) inbox.take(*each);
        complaints_ = inbox.complaints();
        new_keys_ = inbox.new_keys();
        verifications_ = inbox.take_verifications();
    }
    for (auto const& user : news.changed) crypto::mark_changed(with_, user);
    for (auto const& user : news.left) crypto::untrack(with_, user);
    if (counts_changed) own_->note_counts(news.one_time_keys, news.has_fallback);
    return counts_changed || !news.events.empty() || !news.changed.empty();
}

void decryption::note(raw_event const& e, room_id const& room) {
    if (e.state_key() || !crypto::is_verification(e.type(), e.content_text("msgtype"))) return;
    crypto::verification_said said;
    said.sender = user_id(std::string(e.sender()));
    said.type = e.type() == "m.room.message" ? crypto::verification_request : std::string(e.type());
    said.content = e.content();
    said.room = room;
    said.event_id = e.id();
    said.sent = e.sent();
    verifications_.push_back(std::move(said));
}

bool decryption::is_of_this_device(raw_event const& e) {
    if (e.sender() != with_.me.str()) return false;
    if (!own_key_) {
        auto const row = with_.t.first("SELECT curve25519 FROM own_device WHERE account = ?1", {with_.account});
        own_key_ = row ? row->text(0) : std::string();
    }
    return e.content_text("sender_key") == *own_key_;
}

void decryption::forget_lists() { crypto::mark_all_changed(with_); }
void decryption::expect(user_id const& member) {
    crypto::track(with_, member);
    wants_errand_ = wants_errand_ || !crypto::is_current(with_, member);
}

void decryption::retire_key(room_id const& room) { crypto::retire_key(with_, room); }

void decryption::part(room_id const& room, user_id const& member) { crypto::unpin_member(with_, room, member); }

std::optional<opened_event> decryption::open(raw_event const& e, arrival const& where) {
    bool waits = false;
    return read(e, where, /*whoever=*/false, waits);
}

std::optional<opened_event> decryption::read(raw_event const& e, arrival const& where, bool whoever, bool& waits) {
    // What was redacted has nothing to be read.
    if (!e.content().contains("ciphertext")) return std::nullopt;
    crypto::encrypted_event const encrypted{where.room, std::string(e.id()), user_id(std::string(e.sender())), e.sent(), e.content()};
    auto said = reader_.read(encrypted, whoever);
    if (auto const* refused = std::get_if<crypto::unreadable_event>(&said)) {
        bool const may_be_read = refused->why == crypto::unreadable::missing_key || refused->why == crypto::unreadable::earlier_index ||
                                 refused->why == crypto::unreadable::unknown_device;
        if (!may_be_read) {
            complaints_.push_back("an encrypted event " + encrypted.id + " of " + encrypted.sender.str() +
                                  " is refused: " + refused->words);
            return std::nullopt;
        }
        // It was given up, and whoever waited for it has heard so.
        if (is_known(with_.t, with_.account, where.room, encrypted.id)) return std::nullopt;
        if (refused->why == crypto::unreadable::unknown_device) crypto::track(with_, encrypted.sender);
        wants_errand_ = true;
        crypto::waiting_event waiting;
        waiting.room = where.room;
        waiting.id = encrypted.id;
        waiting.sender = encrypted.sender;
        waiting.session = refused->session;
        waiting.for_device = refused->why == crypto::unreadable::unknown_device;
        waiting.position = where.position;
        waiting.restored = where.restored;
        waiting.event = e.to_text();
        wants_key_ = wants_key_ || !waiting.for_device;
        crypto::keep_waiting(with_, waiting);
        waits = true;
        return std::nullopt;
    }
    auto& clear = std::get<crypto::clear_event>(said);
    auto believed = std::move(clear.believed);
    auto keeper = clear_text(e, std::move(clear));
    auto view = raw_event::view(*keeper);
    if (!view) return std::nullopt;
    return opened_event{std::move(keeper), *view, std::move(believed)};
}

// What was said first is read first, whatever the keys and the people are called. What came in one answer has one place in the inbox.
std::vector<decryption::reopened> decryption::reopen_all(std::vector<crypto::waiting_event> waiting, bool whoever) {
    std::ranges::sort(waiting, {}, [](crypto::waiting_event const& each) { return std::pair(each.position, each.order); });
    std::vector<reopened> all;
    for (auto const& each : waiting) {
        auto const stored = base::parse_json(each.event);
        auto const event = stored ? raw_event::view(*stored) : std::nullopt;
        arrival where;
        where.account = with_.account;
        where.room = each.room;
        where.position = each.position;
        where.restored = each.restored;
        where.now = with_.now;
        bool waits = false;
        auto opened = event ? read(*event, where, whoever, waits) : std::nullopt;
        if (!waits) crypto::drop_waiting(with_.t, with_.account, each.room, each.id);
        if (opened) all.push_back({std::move(*opened), where});
    }
    return all;
}

std::vector<decryption::reopened> decryption::reopen(crypto::session_names const& keys) {
    std::vector<crypto::waiting_event> waiting;
    for (auto const& [room, session] : keys) std::ranges::move(crypto::waiting_for_key(with_, room, session), std::back_inserter(waiting));
    return reopen_all(std::move(waiting), /*whoever=*/false);
}

std::vector<decryption::reopened> decryption::reopen_of(std::vector<user_id> const& users) {
    std::vector<crypto::waiting_event> waiting;
    for (auto const& user : users) std::ranges::move(crypto::waiting_of_user(with_, user), std::back_inserter(waiting));
    return reopen_all(std::move(waiting), /*whoever=*/true);
}

}  // namespace chatrixcd::matrix::detail
