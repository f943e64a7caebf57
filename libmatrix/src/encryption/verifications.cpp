// SPDX-License-Identifier: Apache-2.0
#include "encryption/verifications.hpp"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <utility>

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/base/timeout.hpp>

#include "crypto/devices/device_table.hpp"
#include "crypto/keys/own_device.hpp"
#include "crypto/keys/own_identity.hpp"
#include "outbox/table.hpp"
#include "state/room_table.hpp"

namespace chatrixcd::matrix::detail {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

// More at a time are nobody's who compares emoji.
constexpr std::size_t most_of_others = 20;
constexpr std::size_t most_of_ours = 20;
constexpr std::size_t most_with_one = 3;
constexpr std::size_t most_heard = 200;
constexpr std::size_t most_heard_of_one = 20;
constexpr std::size_t most_early = 50;
constexpr std::size_t most_over = 200;
constexpr std::size_t longest_id = 255;
constexpr base::duration tick = std::chrono::seconds(30);

// What an answer to a request of ours can be, or what follows it.
bool is_answer(std::string const& type) {
    constexpr std::array<char const*, 5> answers{"m.key.verification.ready", "m.key.verification.start", "m.key.verification.accept",
                                                 "m.key.verification.key", "m.key.verification.mac"};
    return std::ranges::find(answers, type) != answers.end();
}

std::string id_of(crypto::verification_said const& said) {
    if (!said.room) return base::find_string(said.content, "transaction_id").value_or(std::string());
    if (said.type == crypto::verification_request) return said.event_id;
    auto const* relation = base::find_object(said.content, "m.relates_to");
    bool const is_reference = relation != nullptr && base::find_string(*relation, "rel_type") == "m.reference";
    return is_reference ? base::find_string(*relation, "event_id").value_or(std::string()) : std::string();
}

// In a room the homeserver says when it was sent.
bool is_of_now(crypto::verification_said const& said, base::time_point now) {
    if (!said.room) return crypto::is_fresh_request(said.content, now);
    json::object stamped;
    stamped["timestamp"] = std::int64_t{said.sent.time_since_epoch().count()};
    return crypto::is_fresh_request(stamped, now);
}

json::object request_content(device_id const& from, crypto::qr_abilities qr_codes, base::time_point now) {
    json::object content;
    content["from_device"] = from.str();
    content["methods"] = crypto::verification_methods(qr_codes);
    content["timestamp"] = std::int64_t{now.time_since_epoch().count()};
    return content;
}

}  // namespace

verifications::verifications(services& with, api& homeserver, session const& who, crypto::driver& olm, policy how)
    : with_(&with),
      api_(&homeserver),
      session_(&who),
      machine_(with, who, olm),
      how_(std::move(how)),
      changed_(with.executor),
      handlers_(with.executor, [this](std::exception_ptr) { log_.error("whoever looks after a verification has failed"); }),
      log_(with.log.named("verification")) {}

asio::awaitable<void> verifications::forget_unsent() {
    auto forget = [](crypto::context const& with) {
        with.t.run("DELETE FROM to_device WHERE account = ?1 AND type GLOB 'm.key.verification.*'", {with.account});
        with.t.run("UPDATE outbox SET state = ?2, content = NULL, ciphertext = NULL WHERE account = ?1 AND key GLOB ?3 AND state = 0",
                   {with.account, static_cast<std::int64_t>(row_state::withdrawn), std::string(verification_key_prefix) + "*"});
    };
    co_await machine_.run(std::move(forget));
}

// A flood of one sender's leaves room for what others say, and costs a look.
bool verifications::is_worth_hearing(crypto::verification_said const& said) const {
    auto const of_them = std::ranges::count(heard_, said.sender, &crypto::verification_said::sender);
    if (heard_.size() >= most_heard || static_cast<std::size_t>(of_them) >= most_heard_of_one) return false;
    auto const id = id_of(said);
    if (id.empty() || id.size() > longest_id) return false;
    bool const is_known = going_on_.contains(id);
    if (opens(said, id)) return !is_known && may_begin(said.sender, /*asked_by_us=*/false);
    // Of a request that is looked at right now another device of ours may have answered.
    bool const is_ours = said.room && said.sender == session_->user();
    return is_known || is_ours || leaving_ > 0 || (!said.room && is_answer(said.type));
}

void verifications::note_ended(std::string id, user_id by) {
    over_.push_back({std::move(id), std::move(by)});
    if (over_.size() > most_over) over_.pop_front();
}

// Whoever has nothing to do with it ends nothing.
bool verifications::has_ended(std::string const& id, user_id const& asked_by) const {
    auto const is_it = [&](ended const& each) { return each.id == id && (each.by == asked_by || each.by == session_->user()); };
    return std::ranges::any_of(over_, is_it);
}

// A request, or a beginning for which nobody has asked: between devices alone.
bool verifications::opens(crypto::verification_said const& said, std::string const& id) const {
    if (has_ended(id, said.sender)) return false;
    if (said.type == crypto::verification_request) return true;
    return !said.room && said.type == crypto::verification_start && crypto::starts_sas(said.content) && !going_on_.contains(id);
}

void verifications::take(std::vector<crypto::verification_said> said) {
    for (auto& each : said) {
        auto id = id_of(each);
        bool const follows = each.room && each.type != crypto::verification_request && id.size() <= longest_id;
        if (follows && !going_on_.contains(id)) note_ended(std::move(id), each.sender);
        if (is_worth_hearing(each)) heard_.push_back(std::move(each));
    }
    changed_.notify_all();
}

void verifications::close() {
    for (auto const& [id, each] : going_on_) {
        each->is_closed = true;
        each->changed.notify_all();
    }
}

asio::awaitable<void> verifications::cancel_and_join() {
    close();
    handlers_.cancel();
    co_await handlers_.join();
}

asio::awaitable<void> verifications::wait() {
    auto woken = [](base::notifier& on) -> asio::awaitable<bool> {
        co_await on.wait();
        co_return true;
    };
    if (going_on_.empty()) {
        co_await changed_.wait();
    } else {
        co_await base::with_timeout(with_->time, woken(changed_), tick);
    }
}

// What a restart has ended in a room, whoever takes part would wait for to its end. Between devices they are told when they go on
// (hear_of_nothing()): here everybody in the room would be heard, and other devices of ours.
asio::awaitable<void> verifications::end_interrupted() {
    auto look = [](crypto::context const& with) { return crypto::find_open(with, with.now - crypto::verification_takes); };
    auto const interrupted = co_await machine_.run(std::move(look));
    for (auto const& each : interrupted) {
        if (!going_on_.contains(each.request)) handlers_.spawn(end(each));
    }
}

asio::awaitable<void> verifications::end(crypto::open_verification interrupted) {
    json::object content;
    content["code"] = "m.user";
    content["reason"] = "restarted in the middle of it";
    auto& relation = content["m.relates_to"].emplace_object();
    relation["rel_type"] = "m.reference";
    relation["event_id"] = interrupted.request;
    auto const sent = co_await how_.say(interrupted.room, "m.key.verification.cancel", std::move(content));
    if (!sent) co_return log_.warning("nobody is told that a verification is over", {{"why", sent.error().describe()}});
    auto forget = [id = interrupted.request](crypto::context const& with) { crypto::forget_open(with, id); };
    co_await machine_.run(std::move(forget));
}

asio::awaitable<void> verifications::keep_open(entry of) {
    if (of->is_kept_open) co_return;
    auto keep = [id = of->talk.id(), room = *of->room](crypto::context const& with) { crypto::keep_open(with, {id, room}); };
    co_await machine_.run(std::move(keep));
    of->is_kept_open = true;
}

asio::awaitable<void> verifications::forget_open(entry of) {
    auto forget = [id = of->talk.id()](crypto::context const& with) { crypto::forget_open(with, id); };
    co_await machine_.run(std::move(forget));
    of->is_kept_open = false;
}

asio::awaitable<void> verifications::run() {
    co_await end_interrupted();
    for (;;) {
        while (!heard_.empty()) {
            auto said = std::move(heard_.front());
            heard_.pop_front();
            co_await hear(std::move(said));
        }
        wanted_ = false;
        for (auto const& [id, each] : going_on_) {
            each->talk.pass(with_->time.now());
            speak(each);
        }
        forget_old();
        if (heard_.empty() && !wanted_) co_await wait();
    }
}

// What is over and has nothing to say any more.
void verifications::forget_old() {
    std::erase_if(going_on_, [this](auto const& each) {
        auto const& [id, of] = each;
        bool const is_kept = of->talk.step() == crypto::verification_step::done && !of->proof;
        if (!of->talk.is_over() || is_kept || of->is_kept_open || of->is_speaking || of->talk.has_events()) return false;
        of->changed.notify_all();
        note_ended(id, of->talk.user());
        return true;
    });
}

bool verifications::may_begin(user_id const& with, bool asked_by_us) const {
    auto const is_alike = [&](auto const& each) { return each.second->talk.was_asked_by_us() == asked_by_us; };
    auto const of_them = std::ranges::count_if(going_on_, [&](auto const& each) { return each.second->talk.user() == with; });
    auto const alike = static_cast<std::size_t>(std::ranges::count_if(going_on_, is_alike));
    return alike < (asked_by_us ? most_of_ours : most_of_others) && static_cast<std::size_t>(of_them) < most_with_one;
}

verification verifications::add(crypto::verification talk, std::optional<room_id> room) {
    auto const id = talk.id();
    auto made = std::make_shared<verification_entry>(with_->executor, std::move(talk), std::move(room));
    made->wake = [this] {
        wanted_ = true;
        changed_.notify_all();
    };
    going_on_.emplace(id, made);
    return verification(std::move(made));
}

// An identity that was replaced at the homeserver vouches for nothing any more.
asio::awaitable<crypto::verified_party> verifications::ourselves() {
    auto const learned = co_await how_.learn(session_->user());
    if (!learned) log_.warning("our own identity is not to be had", {{"why", learned.error().describe()}});
    auto look = [](crypto::context const& with) {
        crypto::verified_party us;
        us.user = with.me;
        us.device = with.device;
        us.ed25519 = crypto::own_device(with).ed25519();
        auto const identity = crypto::own_identity::load(with);
        auto const published = crypto::find_identity(with, with.me);
        if (identity && published && published->keys == identity->public_keys()) us.master = identity->master();
        return us;
    };
    co_return co_await machine_.run(std::move(look));
}

// Without an identity of ours there is nothing that a QR code could show to another user.
crypto::qr_abilities verifications::qr_codes_with(crypto::verified_party const& us, user_id const& whom) const {
    return whom != us.user && us.master.empty() ? crypto::qr_abilities() : how_.qr_codes;
}

asio::awaitable<bool> verifications::shares_room(user_id with) {
    if (with == session_->user()) co_return true;
    auto look = [with](crypto::context const& in) { return !shared_rooms(in.t, in.account, with).empty(); };
    co_return co_await machine_.run(std::move(look));
}

// Whether the other one's device has keys that its owner published.
asio::awaitable<bool> verifications::know(crypto::verification& talk) {
    auto const learned = co_await how_.learn(talk.user());
    if (!learned) log_.warning("somebody's devices are not to be had", {{"user", talk.user().str()}, {"why", learned.error().describe()}});
    auto look = [user = talk.user(), device = talk.device()](crypto::context const& with) {
        std::pair<std::string, std::string> keys;
        if (auto const row = crypto::find_device(with, user, device)) keys.first = row->ed25519;
        if (auto const identity = crypto::find_identity(with, user)) keys.second = identity->keys.master;
        return keys;
    };
    auto const keys = co_await machine_.run(std::move(look));
    if (!keys.first.empty()) talk.know(keys.first, keys.second);
    co_return !keys.first.empty();
}

asio::awaitable<void> verifications::hear(crypto::verification_said said) {
    if (opens(said, id_of(said))) co_return co_await hear_request(std::move(said));
    auto const found = going_on_.find(id_of(said));
    if (found == going_on_.end()) co_return co_await hear_of_nothing(std::move(said));
    auto const of = found->second;
    if (of->room != said.room) co_return;
    if (said.room && said.sender == session_->user()) co_return hear_ourselves(*of, said);
    // Whoever knows its id is not the one we talk to.
    if (of->talk.user() != said.sender) co_return;
    bool const was_open = of->talk.step() == crypto::verification_step::requested;
    of->talk.take(said.type, said.content, with_->time.now());
    bool const has_answered = was_open && of->talk.step() == crypto::verification_step::ready;
    if (has_answered && !co_await know(of->talk)) of->talk.cancel("m.key_mismatch", "the device has published no keys");
    of->changed.notify_all();
    speak(of);
}

// In a room another device of ours may answer what was asked of our user.
void verifications::hear_ourselves(verification_entry& of, crypto::verification_said const& said) {
    auto const from = base::find_string(said.content, "from_device");
    bool const is_another = from && *from != session_->device().str() && said.type == "m.key.verification.ready";
    if (is_another && !of.talk.was_asked_by_us()) of.talk.leave("another device of ours has answered");
    of.changed.notify_all();
}

// A request of ours may be on its way; or we were restarted, and whoever goes on is told so.
asio::awaitable<void> verifications::hear_of_nothing(crypto::verification_said said) {
    if (leaving_ > 0 && early_.size() < most_early) early_.push_back(said);
    bool const is_over = has_ended(id_of(said), said.sender);
    if (leaving_ > 0 || is_over || said.room || !is_answer(said.type) || !co_await shares_room(said.sender)) co_return;
    json::object content;
    content["transaction_id"] = id_of(said);
    content["code"] = "m.unknown_transaction";
    content["reason"] = "nothing is known of this verification";
    co_await send_to_device(said.sender, device_id("*"), "m.key.verification.cancel", std::move(content));
}

crypto::verification verifications::answer(crypto::verified_party us, crypto::verification_said said, std::string id) {
    auto const now = with_->time.now();
    if (said.type == crypto::verification_start) {
        return crypto::verification::answer_start(with_->random, std::move(us), said.sender, std::move(id), std::move(said.content), now);
    }
    auto const place = said.room ? crypto::verification::place::room : crypto::verification::place::devices;
    return crypto::verification::answer(with_->random, std::move(us), said.sender, place, std::move(id), said.content, now);
}

asio::awaitable<void> verifications::hear_request(crypto::verification_said said) {
    auto const id = id_of(said);
    bool const is_for_us = !said.room || base::find_string(said.content, "to") == session_->user().str();
    // What is begun without having been asked for does not say when.
    bool const is_start = said.type == crypto::verification_start;
    bool const is_usable =
        is_start ? crypto::starts_sas(said.content) : crypto::offers_sas(said.content) && is_of_now(said, with_->time.now());
    bool const is_one = is_for_us && is_usable && !going_on_.contains(id);
    if (!how_.asked || !is_one || !may_begin(said.sender, /*asked_by_us=*/false)) co_return;
    auto const from = device_id::parse(base::find_string(said.content, "from_device").value_or(std::string()));
    if (!from || (said.sender == session_->user() && *from == session_->device())) co_return;
    // Whoever else asks makes us ask about them.
    if (!said.room && !co_await shares_room(said.sender)) co_return;
    auto us = co_await ourselves();
    auto const qr_codes = qr_codes_with(us, said.sender);
    auto const room = said.room;
    auto const sender = said.sender;
    auto talk = answer(std::move(us), std::move(said), id);
    talk.enable(qr_codes);
    if (!co_await know(talk)) {
        log_.warning("a verification is asked for by a device that has published no keys",
                     {{"user", sender.str()}, {"device", from->str()}});
        co_return;
    }
    log_.info("a verification is asked for", {{"user", sender.str()}, {"device", from->str()}});
    handlers_.spawn(how_.asked(add(std::move(talk), room)));
}

// What came meanwhile for ids that were not known.
void verifications::stop_leaving() {
    --leaving_;
    std::erase_if(early_, [this](crypto::verification_said& each) {
        bool const is_ours = going_on_.contains(id_of(each));
        if (is_ours) heard_.push_back(std::move(each));
        return is_ours || leaving_ == 0;
    });
    wanted_ = true;
    changed_.notify_all();
}

asio::awaitable<result<verification>> verifications::ask_in(room_id room, user_id whom) {
    if (!may_begin(whom, /*asked_by_us=*/true)) {
        co_return error(error_kind::rate_limited, "enough verifications with " + whom.str() + " go on already");
    }
    auto us = co_await ourselves();
    auto const qr_codes = qr_codes_with(us, whom);
    auto content = request_content(session_->device(), qr_codes, with_->time.now());
    content["msgtype"] = crypto::verification_request;
    content["to"] = whom.str();
    content["body"] = session_->user().str() + " asks to be verified, which this client cannot do";
    ++leaving_;
    auto const sent = co_await how_.say(room, "m.room.message", std::move(content));
    if (!sent) {
        stop_leaving();
        co_return sent.error();
    }
    auto talk = crypto::verification::ask(with_->random, std::move(us), std::move(whom), device_id(), crypto::verification::place::room,
                                          sent->str(), with_->time.now());
    talk.enable(qr_codes);
    auto made = add(std::move(talk), std::move(room));
    auto asked = going_on_.at(sent->str());
    co_await keep_open(std::move(asked));
    stop_leaving();
    co_return made;
}

asio::awaitable<result<verification>> verifications::ask_device(user_id whom, device_id device) {
    if (!may_begin(whom, /*asked_by_us=*/true)) {
        co_return error(error_kind::rate_limited, "enough verifications with " + whom.str() + " go on already");
    }
    auto const id = with_->random.token(32);
    auto us = co_await ourselves();
    auto const qr_codes = qr_codes_with(us, whom);
    auto content = request_content(session_->device(), qr_codes, with_->time.now());
    content["transaction_id"] = id;
    auto talk =
        crypto::verification::ask(with_->random, std::move(us), whom, device, crypto::verification::place::devices, id, with_->time.now());
    talk.enable(qr_codes);
    auto made = add(std::move(talk), std::nullopt);
    co_await send_to_device(std::move(whom), std::move(device), crypto::verification_request, std::move(content));
    co_return made;
}

}  // namespace chatrixcd::matrix::detail
