// SPDX-License-Identifier: Apache-2.0
#include "encryption/encryption.hpp"

#include <algorithm>
#include <array>
#include <boost/json/object.hpp>
#include <utility>

#include <chatrixcd/base/json_reader.hpp>

#include "crypto/devices/device_table.hpp"
#include "crypto/keys/device_keys.hpp"
#include "crypto/keys/own_device.hpp"
#include "crypto/keys/own_identity.hpp"
#include "crypto/olm/channel.hpp"
#include "crypto/olm/requests.hpp"
#include "crypto/olm/session_table.hpp"
#include "crypto/olm/wedged.hpp"
#include "crypto/rooms/unread_cause.hpp"
#include "crypto/rooms/waiting.hpp"
#include "crypto/strangers.hpp"
#include "encryption/identity_replacement.hpp"
#include "http/retry.hpp"
#include "state/room_table.hpp"
#include "sync/decryption.hpp"

namespace chatrixcd::matrix::detail {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

// Keys for so many devices are made in one transaction, so that others need not wait for long.
constexpr std::size_t slice = 50;
constexpr unsigned most_rounds = 10;
constexpr base::duration tidy_interval = std::chrono::hours(6);
constexpr base::duration look_for_unread = std::chrono::minutes(1);
constexpr base::duration patience_for_keys = std::chrono::minutes(10);
// Between two answers to a sync, which waits for half a minute at most.
constexpr base::duration longest_silence = std::chrono::minutes(2);
constexpr std::size_t most_bytes = 64U << 20U;

call post(std::string path, json::object const& body, std::string_view purpose) {
    return call::post(std::move(path)).body(body).again().max_response(most_bytes).named(purpose);
}

std::vector<user_id> users_of(std::vector<crypto::query_entry> const& asked) {
    std::vector<user_id> users;
    users.reserve(asked.size());
    for (auto const& each : asked) users.push_back(each.user);
    return users;
}

// How what the homeserver has of this device stands to what the store has.
enum class own_copy : std::uint8_t { good, unanswered, lost, another };

own_copy compare(crypto::context const& with, json::object const& answer) {
    auto const* failures = base::find_object(answer, "failures");
    auto const* all = base::find_object(answer, "device_keys");
    if (all == nullptr || (failures != nullptr && !failures->empty())) return own_copy::unanswered;
    auto const own = with.t.first("SELECT published, ed25519, curve25519 FROM own_device WHERE account = ?1 AND device_id = ?2",
                                  {with.account, with.device.str()});
    auto const* mine = base::find_object(*all, with.me.str());
    auto const* there = mine == nullptr ? nullptr : base::find_object(*mine, with.device.str());
    if (there == nullptr) return own && own->integer(0) != 0 ? own_copy::lost : own_copy::good;
    auto const read = crypto::read_device_keys(*there, with.me, with.device);
    if (!own || !read || read->ed25519 != own->text(1) || read->curve25519 != own->text(2)) return own_copy::another;
    // An upload whose answer was lost.
    with.t.run("UPDATE own_device SET published = 1 WHERE account = ?1", {with.account});
    return own_copy::good;
}

error diverged(std::string why) {
    return error(error_kind::conflict, std::move(why))
        .with_hint("Log in as a new device: with a password by removing the store, with an access token by making a new one as well");
}

std::size_t give_up_unread(crypto::context const& with, std::function<bool(room_id const&, user_id const&)> const& matters,
                           base::time_point before, receiving& how) {
    std::size_t lost = 0;
    for (auto const& each : crypto::find_overdue(with, before)) {
        if (!matters(each.first.room, each.first.sender)) {
            crypto::leave_waiting(with, each);
            continue;
        }
        auto const where = arrival_at(how, each.first.room, each.first.position);
        for (auto const& event : crypto::give_up(with, each, before)) note_done(with.t, where, event);
        auto const number = std::to_string(each.number) + (each.number == 1 ? " message of " : " messages of ");
        auto const why = crypto::words_of(crypto::cause_of(each.first), each.first.reason);
        auto const reason = number + each.first.sender.str() + " cannot be read: " + why;
        store_loss(with.t, where, reason, how);
        ++lost;
    }
    return lost;
}

std::vector<crypto::device_row> slice_of(std::vector<crypto::device_row> const& all, std::size_t first) {
    auto const last = std::min(first + slice, all.size());
    return {all.begin() + static_cast<std::ptrdiff_t>(first), all.begin() + static_cast<std::ptrdiff_t>(last)};
}

std::vector<crypto::device_row> difference(std::vector<crypto::device_row> all, std::vector<crypto::device_row> const& without) {
    std::set<std::string> keys;
    for (auto const& each : without) keys.insert(each.curve25519);
    std::erase_if(all, [&](crypto::device_row const& each) { return keys.contains(each.curve25519); });
    return all;
}

}  // namespace

encryption::encryption(services& with, api& homeserver, session const& who, member_loader& members, crypto::driver& olm, policy how)
    : with_(&with),
      api_(&homeserver),
      session_(&who),
      members_(&members),
      how_(std::move(how)),
      olm_(&olm),
      machine_(with, who, olm),
      identification_(with, homeserver, who, olm, how_.confirmed, how_.recovery),
      keys_(machine_, with.random, [this](std::vector<crypto::device_row> devices) { return begin_sessions(std::move(devices)); }),
      changed_(with.executor),
      log_(with.log.named("encryption")) {}

void encryption::wake() {
    wanted_ = true;
    changed_.notify_all();
}

asio::awaitable<void> encryption::run() {
    backoff wait(with_->random, std::chrono::seconds(1));
    for (;;) {
        while (!wanted_ || busy_) co_await changed_.wait();
        wanted_ = false;
        bool const went_well = co_await keep_up();
        if (went_well) {
            wait.reset();
            continue;
        }
        auto const delay = wait.next();
        co_await with_->time.sleep(delay);
        wanted_ = true;
    }
}

asio::awaitable<bool> encryption::finish() {
    while (busy_) co_await changed_.wait();
    turn const mine(*this);
    if (!has_failed()) (void)co_await flush();
    co_return true;
}

// An errand that fails does not keep the others from being done.
asio::awaitable<bool> encryption::keep_up() {
    using errand = asio::awaitable<result<void>> (encryption::*)();
    static constexpr std::array<errand, 7> errands{&encryption::upload,    &encryption::identify, &encryption::query, &encryption::unwedge,
                                                   &encryption::pass_keys, &encryption::flush,    &encryption::tidy};
    turn const mine(*this);
    bool went_well = true;
    auto const checked = co_await check_device();
    if (has_failed()) co_return true;
    if (!checked) went_well = false;
    for (std::size_t i = 0; i < errands.size() && checked && !has_failed(); ++i) {
        auto const done = co_await (this->*errands.at(i))();
        if (done || has_failed()) continue;
        log_.warning("encryption cannot be kept up, trying again", {{"why", done.error().describe()}});
        went_well = false;
    }
    co_return went_well;
}

room_policy encryption::policy_of(room_id const& room) const {
    room_policy how;
    how.unsigned_devices = how_.unsigned_devices && how_.unsigned_devices(room);
    how.pinned = how_.pinned_members && how_.pinned_members(room);
    return how;
}

std::optional<error> encryption::failure() const { return has_failed() ? failed_ : std::nullopt; }

bool encryption::knows_device() const { return checked_ == session_->device() || has_failed(); }

bool encryption::has_failed() const { return failed_ && failed_as_ == session_->device(); }

error encryption::fail(error why) {
    log_.error("this device says nothing in encrypted rooms any more", {{"why", why.describe()}});
    failed_ = std::move(why);
    failed_as_ = session_->device();
    how_.state();
    return *failed_;
}

// Once a start: our store and the homeserver must agree on who we are.
asio::awaitable<result<void>> encryption::check_device() {
    if (has_failed()) co_return *failed_;
    auto const device = session_->device();
    if (checked_ == device) co_return result<void>();
    std::vector<crypto::query_entry> me;
    me.push_back({session_->user(), 0});
    auto request = post(client_path({"keys", "query"}), crypto::query_body(me), "asking for our own keys");
    auto answer = co_await api_->request(std::move(request));
    if (!answer) co_return answer.error();
    auto work = [answer = std::move(*answer)](crypto::context const& with) { return compare(with, answer); };
    auto const found = co_await machine_.run(std::move(work));
    if (device != session_->device() || found == own_copy::unanswered) {
        co_return error(error_kind::unavailable, "the homeserver does not say which keys this device has");
    }
    if (found == own_copy::lost) co_return fail(diverged("the homeserver has lost the keys of this device"));
    if (found == own_copy::another) co_return fail(diverged("the homeserver has other keys for this device than this store"));
    checked_ = device;
    co_return result<void>();
}

asio::awaitable<result<void>> encryption::upload() {
    auto const device = session_->device();
    for (unsigned round = 0; round < most_rounds; ++round) {
        auto make = [](crypto::context const& with) { return crypto::own_device(with).to_upload(); };
        auto body = co_await machine_.run(std::move(make));
        if (!body) co_return result<void>();
        auto request = post(client_path({"keys", "upload"}), *body, "uploading our keys");
        auto answer = co_await api_->request(std::move(request));
        if (!answer && answer.error().http_status() == 400 && !answer.error().errcode().empty()) {
            // Another key is there under the same id: the account was used by two, or its store was put back.
            co_return fail(diverged("the homeserver does not take this device's keys (" + answer.error().errcode() + ")"));
        }
        if (!answer) co_return answer.error();
        // A token that was renewed on the way may be another device's.
        if (device != session_->device()) co_return error(error_kind::unavailable, "this device became another one meanwhile");
        auto keep = [answer = std::move(*answer)](crypto::context const& with) { crypto::own_device(with).uploaded(answer); };
        co_await machine_.run(std::move(keep));
    }
    co_return result<void>();
}

asio::awaitable<result<void>> encryption::identify() {
    bool const was_known = identification_.state().has_value();
    auto const done = co_await identification_.run();
    if (!done || was_known) co_return done;
    // Whether another device of ours replaces it is to be heard of in no room, too.
    auto expect = [](crypto::context const& with) { crypto::track(with, with.me); };
    co_await machine_.run(std::move(expect));
    how_.state();
    co_return done;
}

asio::awaitable<result<replaced_identity>> encryption::replace_identity(recovery_key fresh, identification::confirmed_request confirmed) {
    while (busy_) co_await changed_.wait();
    turn const mine(*this);
    if (has_failed()) co_return *failed_;
    auto const device = session_->device();
    identity_replacement work(*with_, *api_, *session_, *olm_, std::move(confirmed), fresh, how_.recovery);
    auto const done = co_await work.run();
    if (!done) co_return done.error();
    if (device != session_->device()) co_return error(error_kind::unavailable, "this device became another one meanwhile");
    if (done->seen.has_fresh_key) how_.recovery = fresh;
    identification_.adopt(done->state, done->seen.has_fresh_key ? std::optional(fresh) : std::nullopt);
    auto expect = [](crypto::context const& with) {
        crypto::track(with, with.me);
        crypto::mark_changed(with, with.me);
    };
    co_await machine_.run(std::move(expect));
    how_.state();
    wake();
    co_return done->seen;
}

// Another device of ours may have replaced what this one holds: then nobody vouches for this one any more.
asio::awaitable<void> encryption::look_at_own_identity() {
    auto const known = identification_.state();
    if (!known || !known->is_cross_signed) co_return;
    auto look = [](crypto::context const& with) {
        auto const held = crypto::own_identity::load(with);
        auto const shown = crypto::find_identity(with, with.me);
        return held && shown && held->master() != shown->keys.master;
    };
    bool const is_replaced = co_await machine_.run(std::move(look));
    if (!is_replaced) co_return;
    log_.warning("the homeserver shows another identity of this account than this device holds");
    identification_.forget();
    wake();
}

// Goes once through all lists that are out of date.
asio::awaitable<result<void>> encryption::query() {
    user_id last;
    unanswered_.clear();
    for (;;) {
        auto look = [last](crypto::context const& with) { return crypto::to_query(with, last); };
        auto asked = co_await machine_.run(std::move(look));
        if (asked.empty()) co_return result<void>();
        last = asked.back().user;
        auto request = post(client_path({"keys", "query"}), crypto::query_body(asked), "asking for devices");
        auto answer = co_await api_->request(std::move(request));
        if (!answer) co_return answer.error();
        bool const is_about_us = std::ranges::find(asked, session_->user(), &crypto::query_entry::user) != asked.end();
        co_await take_lists(std::move(asked), std::move(*answer));
        if (is_about_us) co_await look_at_own_identity();
    }
}

// What waited to know whose device it came from is read in the transaction that knows.
asio::awaitable<void> encryption::take_lists(std::vector<crypto::query_entry> asked, json::object answer) {
    auto work = [asked = std::move(asked), answer = std::move(answer), how = how_.next()](crypto::context const& with) mutable {
        auto outcome = crypto::take_query_answer(with, asked, answer);
        decryption opening(with.t, with.olm, with.account, with.me, with.device, with.now);
        how.decrypts = &opening;
        for (auto const& each : opening.reopen_of(users_of(asked))) store_opened(with.t, each.opened, each.where, how);
        outcome.refused.insert(outcome.refused.end(), opening.complaints().begin(), opening.complaints().end());
        return std::make_pair(std::move(outcome), opening.take_verifications());
    };
    auto [outcome, said] = co_await machine_.run(std::move(work));
    if (!said.empty()) how_.said(std::move(said));
    for (auto const& each : outcome.refused) log_.warning("a device, or what it said, is not taken", {{"which", each}});
    for (auto const& each : outcome.not_trusted) log_.warning("a trusted key stands for nothing", {{"why", each}});
    for (auto const& each : outcome.identity_changed) log_.warning("somebody has another identity", {{"user", each.str()}});
    unanswered_.insert(outcome.failed.begin(), outcome.failed.end());
    how_.rows();
    how_.keys();
    how_.people();
}

// Returns those with which there is none all the same.
asio::awaitable<result<std::vector<crypto::device_row>>> encryption::begin_sessions(std::vector<crypto::device_row> devices) {
    if (devices.empty()) co_return devices;
    auto request = post(client_path({"keys", "claim"}), crypto::claim_body(devices), "claiming keys");
    auto answer = co_await api_->request(std::move(request));
    if (!answer) co_return answer.error();
    auto keep = [devices = std::move(devices), answer = std::move(*answer)](crypto::context const& with) {
        crypto::own_device own(with);
        return crypto::take_claim_answer(with, own, devices, answer);
    };
    co_return co_await machine_.run(std::move(keep));
}

// Begins anew with devices whose messages could not be read, and tells them by a message of no content. Returns those with which it did
// not come to that.
asio::awaitable<result<std::vector<crypto::device_row>>> encryption::begin_anew(std::vector<crypto::device_row> devices) {
    auto without = co_await begin_sessions(devices);
    if (!without) co_return without.error();
    auto write = [devices, without = *without, transaction = with_->random.token(22)](crypto::context const& with) {
        crypto::own_device own(with);
        crypto::device_messages messages;
        for (auto const& each : devices) {
            auto const is_it = [&](crypto::device_row const& other) { return other.curve25519 == each.curve25519; };
            bool const has_new = std::ranges::none_of(without, is_it);
            auto message = has_new ? crypto::write_to_device(with, own, each, "m.dummy", json::object()) : std::nullopt;
            if (message) messages.add(each.user, each.device, std::move(*message));
            crypto::forget_wedged(with, each.curve25519);
        }
        if (messages.empty()) return;
        crypto::fill_request(with, crypto::reserve_request(with, "m.room.encrypted", transaction), std::move(messages).body());
    };
    co_await machine_.run(std::move(write));
    co_return without;
}

asio::awaitable<result<void>> encryption::unwedge() {
    for (;;) {
        auto look = [](crypto::context const& with) { return crypto::find_wedged(with, slice); };
        auto devices = co_await machine_.run(std::move(look));
        if (devices.empty()) co_return result<void>();
        auto const done = co_await begin_anew(std::move(devices));
        if (!done) co_return done.error();
    }
}

void encryption::note_sync() {
    auto const now = with_->time.uptime();
    if (!synced_ || now - *synced_ > longest_silence) in_sync_since_ = now;
    synced_ = now;
}

// Keys do not come while nothing comes.
bool encryption::was_in_sync_for(base::duration span) const {
    auto const now = with_->time.uptime();
    return synced_ && now - *synced_ <= longest_silence && now - in_sync_since_ >= span;
}

asio::awaitable<void> encryption::watch_unread() {
    for (;;) {
        co_await with_->time.sleep(look_for_unread);
        if (!was_in_sync_for(patience_for_keys)) continue;
        auto work = [matters = how_.unreadable_matters, how = how_.next()](crypto::context const& with) mutable {
            return give_up_unread(with, matters, with.now - patience_for_keys, how);
        };
        if (co_await machine_.run(std::move(work)) > 0) how_.rows();
    }
}

asio::awaitable<result<void>> encryption::tidy() {
    auto const now = with_->time.uptime();
    if (tidied_ && now - *tidied_ < tidy_interval) co_return result<void>();
    tidied_ = now;
    auto work = [](crypto::context const& with) { crypto::forget_old(with); };
    co_await machine_.run(std::move(work));
    co_return result<void>();
}

asio::awaitable<result<void>> encryption::pass_keys() { return keys_.run(); }

asio::awaitable<result<void>> encryption::flush() {
    for (;;) {
        auto look = [](crypto::context const& with) { return crypto::next_request(with); };
        auto const next = co_await machine_.run(std::move(look));
        if (!next) co_return result<void>();
        auto request =
            call::put(client_path({"sendToDevice", next->type, next->transaction})).body_text(next->body).named("sending to devices");
        auto const answer = co_await api_->request(std::move(request));
        if (!answer && !is_refusal(answer.error())) co_return answer.error();
        if (!answer) log_.warning("a message to devices is refused", {{"why", answer.error().describe()}});
        auto settle = [id = next->id, taken = answer.has_value()](crypto::context const& with) { crypto::settle_request(with, id, taken); };
        co_await machine_.run(std::move(settle));
    }
}

// Everybody who is to read the room gets the key.
asio::awaitable<result<void>> encryption::share(room_id room) {
    auto plan = [room, how = policy_of(room)](crypto::context const& with) {
        crypto::own_device own(with);
        return crypto::room_sender(with, own, room).prepare(audience_of(with, room, how));
    };
    auto const wanted = co_await machine_.run(std::move(plan));
    how_.keys();
    auto missing = [devices = wanted.to_share](crypto::context const& with) {
        std::vector<crypto::device_row> without;
        for (auto const& each : devices) {
            if (!crypto::has_session(with, each.curve25519)) without.push_back(each);
        }
        return without;
    };
    auto const strangers = co_await machine_.run(std::move(missing));
    std::vector<crypto::device_row> unreachable;
    for (std::size_t first = 0; first < strangers.size(); first += slice) {
        auto const without = co_await share_with_strangers(room, slice_of(strangers, first));
        if (!without) co_return without.error();
        unreachable.insert(unreachable.end(), without->begin(), without->end());
    }
    co_await share_with_known(room, difference(wanted.to_share, strangers));
    co_await tell(room, wanted.to_refuse, "m.unverified");
    co_await tell(room, wanted.newcomers, "m.unauthorised");
    co_await tell(room, std::move(unreachable), "m.no_olm");
    co_return co_await flush();
}

// The session and what it says first are one transaction. Returns those with which there is none.
asio::awaitable<result<std::vector<crypto::device_row>>> encryption::share_with_strangers(room_id room,
                                                                                          std::vector<crypto::device_row> devices) {
    auto request = post(client_path({"keys", "claim"}), crypto::claim_body(devices), "claiming keys");
    auto answer = co_await api_->request(std::move(request));
    if (!answer) co_return answer.error();
    auto write = [room, devices = std::move(devices), answer = std::move(*answer),
                  transaction = with_->random.token(22)](crypto::context const& with) {
        crypto::own_device own(with);
        crypto::room_sender sender(with, own, room);
        // Of a transaction that was kept without our being told, nothing is done again: one key begins one session.
        auto left = devices;
        std::erase_if(left, [&](crypto::device_row const& each) { return sender.is_given(each); });
        auto claimed = crypto::begin_claimed(own, left, answer);
        if (claimed.begun.empty()) return claimed.without;
        crypto::device_messages messages;
        auto const id = crypto::reserve_request(with, "m.room.encrypted", transaction);
        for (auto& each : claimed.begun) messages.add(each.with.user, each.with.device, sender.share_first(each, id));
        crypto::fill_request(with, id, std::move(messages).body());
        return claimed.without;
    };
    co_return co_await machine_.run(std::move(write));
}

asio::awaitable<void> encryption::share_with_known(room_id room, std::vector<crypto::device_row> devices) {
    for (std::size_t first = 0; first < devices.size(); first += slice) {
        auto write = [room, some = slice_of(devices, first), transaction = with_->random.token(22)](crypto::context const& with) {
            crypto::own_device own(with);
            crypto::room_sender sender(with, own, room);
            crypto::device_messages messages;
            auto const id = crypto::reserve_request(with, "m.room.encrypted", transaction);
            for (auto const& each : some) {
                if (sender.is_given(each)) continue;
                if (auto message = sender.share(each, id)) messages.add(each.user, each.device, std::move(*message));
            }
            if (messages.empty()) return crypto::drop_request(with, id);
            crypto::fill_request(with, id, std::move(messages).body());
        };
        co_await machine_.run(std::move(write));
    }
}

// They get no key, and are told why.
asio::awaitable<void> encryption::tell(room_id room, std::vector<crypto::device_row> devices, std::string code) {
    for (std::size_t first = 0; first < devices.size(); first += slice) {
        auto write = [room, code, some = slice_of(devices, first), transaction = with_->random.token(22)](crypto::context const& with) {
            crypto::own_device own(with);
            crypto::room_sender sender(with, own, room);
            crypto::device_messages messages;
            auto const id = crypto::reserve_request(with, "m.room_key.withheld", transaction);
            for (auto const& each : some) {
                auto notice = sender.refuse(each, code, id);
                bool const is_news = code != "m.no_olm" || crypto::note_told_no_olm(with, each);
                if (is_news) messages.add(each.user, each.device, std::move(notice));
            }
            if (messages.empty()) return crypto::drop_request(with, id);
            crypto::fill_request(with, id, std::move(messages).body());
        };
        co_await machine_.run(std::move(write));
    }
}

asio::awaitable<result<sealed_message>> encryption::seal(outbox_row const& row) {
    auto const how = policy_of(row.room);
    std::set<user_id> unanswered;
    for (unsigned round = 0; round < most_rounds; ++round) {
        if (has_failed()) co_return *failed_;
        auto work = [row, how, unanswered](crypto::context const& with) { return seal_message(with, row, how, unanswered); };
        auto message = co_await machine_.run(std::move(work));
        if (message.before != obstacle::keys) co_return message;
        auto const prepared = co_await prepare(row.room, how);
        if (!prepared) co_return prepared.error();
        unanswered = *prepared;
    }
    co_return error(error_kind::unavailable, "the room's members and their devices change faster than they can be given keys")
        .with_hint("Try again later");
}

seal_part encryption::seal_at_once(room_id const& room) const {
    if (has_failed()) return nullptr;
    room_policy how;
    try {
        how = policy_of(room);
    } catch (std::exception const&) {
        // Whoever seals later meets it again, and the message is queued by then.
        return nullptr;
    }
    return machine_.part(
        [how](crypto::context const& with, outbox_row const& row) { return seal_message(with, row, how, std::set<user_id>()); });
}

// Returns those whose homeserver did not answer.
asio::awaitable<result<std::set<user_id>>> encryption::prepare(room_id room, room_policy how) {
    auto const members = co_await all_members(room);
    if (!members) co_return members.error();
    while (busy_) co_await changed_.wait();
    turn const mine(*this);
    auto const checked = co_await check_device();
    if (!checked) co_return checked.error();
    auto const uploaded = co_await upload();
    if (!uploaded) co_return uploaded.error();
    auto expect = [room, how](crypto::context const& with) {
        for (auto const& user : audience_of(with, room, how).users) crypto::track(with, user);
    };
    co_await machine_.run(std::move(expect));
    auto const asked = co_await query();
    if (!asked) co_return asked.error();
    auto const shared = co_await share(room);
    if (!shared) co_return shared.error();
    co_return unanswered_;
}

asio::awaitable<result<void>> encryption::learn(user_id user) {
    while (busy_) co_await changed_.wait();
    turn const mine(*this);
    auto expect = [user](crypto::context const& with) {
        crypto::track(with, user);
        crypto::mark_changed(with, user);
    };
    co_await machine_.run(std::move(expect));
    co_return co_await query();
}

asio::awaitable<result<void>> encryption::all_members(room_id room) {
    try {
        co_return co_await members_->ensure(room);
    } catch (base::store_error const& e) {
        with_->health.failed(e);
    }
    co_return error(error_kind::unavailable, "the store does not work");
}

}  // namespace chatrixcd::matrix::detail
