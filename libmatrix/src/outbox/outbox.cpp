// SPDX-License-Identifier: Apache-2.0
#include "outbox/outbox.hpp"

#include <utility>

#include "state/failure.hpp"

namespace chatrixcd::matrix::detail {

namespace asio = boost::asio;

namespace {

constexpr std::size_t longest_key = 255;

result<void> check_key(std::string const& key) {
    if (!key.empty() && key.size() <= longest_key) return {};
    return error(error_kind::invalid, "a message's key must have 1 to 255 characters");
}

// The transaction that would seal is taken back whole: half a change of keys would be worse than none.
struct cannot_seal {};

std::optional<sealed_message> sealed_at_once(base::transaction& t, outbox_row const& row, seal_part const& seal) {
    if (!seal || row.secrecy != room_secrecy::encrypted || row.orphan || !row.content) return std::nullopt;
    try {
        auto message = seal(t, row);
        if (message.before == obstacle::none) return message;
    } catch (std::exception const&) {
        throw cannot_seal();
    }
    return std::nullopt;
}

}  // namespace

outbox::outbox(services& with, api& homeserver, session const& who, queue_limits limits, sealer seal, on_refused refused)
    : with_(&with),
      api_(&homeserver),
      session_(&who),
      limits_(limits),
      seal_(std::move(seal)),
      refused_(std::move(refused)),
      emptied_(with.executor),
      stored_(with.executor),
      log_(with.log.named("outbox")),
      tasks_(with.executor, [this](std::exception_ptr e) {
          log_.error("a sender, or the handler of refused messages, ended unexpectedly", {{"why", words_of(e)}});
      }) {}

outbox_item outbox::stamped(outbox_item item) const {
    item.transaction = "c" + with_->random.token(22);
    item.device = session_->device();
    item.now = with_->time.now();
    return item;
}

outbox::followed outbox::follow(std::vector<key_state> const& states) {
    followed all;
    for (auto const& state : states) {
        std::shared_ptr<waiter> mine;
        if (state.sent || state.refused || dead_) {
            mine = std::make_shared<waiter>(with_->executor);
            if (state.sent) {
                mine->settle(*state.sent);
            } else {
                mine->settle(state.refused ? *state.refused : *dead_);
            }
        } else {
            auto& waiting = waiters_[state.key];
            if (!waiting) waiting = std::make_shared<waiter>(with_->executor);
            mine = waiting;
            for (auto const& key : state.replaced) adopt(key, state.key);
        }
        all.push_back(std::move(mine));
    }
    return all;
}

asio::awaitable<result<event_id>> outbox::outcome_of(followed all) {
    std::optional<event_id> first;
    for (auto const& one : all) {
        auto const outcome = co_await one->outcome();
        if (!outcome) co_return outcome.error();
        if (!first) first = *outcome;
    }
    if (!first) co_return error(error_kind::internal, "a message has no parts");
    co_return *first;
}

template <class Made>
asio::awaitable<Made> outbox::queue(room_id room, queuing<Made> work) {
    struct outcome {
        Made made;
        std::optional<outbox_row> next;
        std::optional<sealed_message> sealed;
    };
    auto const all = [account = with_->account, room, work = std::move(work), may_take = open_](base::transaction& t,
                                                                                                seal_part const& seal) {
        outcome done{work(t), std::nullopt, std::nullopt};
        if (done.made && may_take) done.next = take_next(t, account, room);
        if (done.next) done.sealed = sealed_at_once(t, *done.next, seal);
        return done;
    };
    bool const was_open = open_;
    std::optional<outcome> done;
    try {
        auto with_seal = [all, seal = seal_.at_once(room)](base::transaction& t) { return all(t, seal); };
        done = co_await attempt(std::move(with_seal));
    } catch (cannot_seal const&) {
        log_.debug("a message could not be sealed as it was queued", {{"room", room.str()}});
    }
    // Its sender meets the same again, and says so: it is queued all the same.
    auto without = [all](base::transaction& t) { return all(t, nullptr); };
    if (!done) done = co_await attempt(std::move(without));
    auto& [made, next, sealed] = *done;
    with_->health.worked();
    if (next) give(room, std::move(*next), std::move(sealed));
    if (!was_open) look_into(room);
    co_return std::move(made);
}

// A transaction whose answer is lost may have been kept: then others wait for what it has changed.
template <class F>
asio::awaitable<std::invoke_result_t<F&, base::transaction&>> outbox::attempt(F work) {
    std::exception_ptr failure;
    try {
        co_return co_await with_->store.write(std::move(work));
    } catch (cannot_seal const&) {
        throw;
    } catch (...) {
        failure = std::current_exception();
    }
    if (!std::exchange(recovering_, true)) tasks_.spawn(recover());
    std::rethrow_exception(failure);
}

// Asks the store what has become of all that somebody waits for, and where something waits to be sent.
asio::awaitable<void> outbox::recover() {
    recovering_ = false;
    std::vector<std::string> keys;
    for (auto const& [key, waiting] : waiters_) keys.push_back(key);
    auto ask = [account = with_->account, keys](base::transaction& t) {
        std::vector<std::vector<key_state>> states;
        for (auto const& key : keys) states.push_back(find_keys(t, account, key));
        return std::make_pair(std::move(states), find_waiting_rooms(t, account));
    };
    auto const [states, rooms] = co_await write_through(*with_, std::move(ask));
    for (std::size_t i = 0; i < keys.size(); ++i) {
        // Unknown: it was never queued, and its caller knows that.
        if (states[i].empty()) continue;
        auto const& now = states[i].front();
        if (now.sent) settle(keys[i], *now.sent);
        if (now.refused) settle(keys[i], *now.refused);
        if (!now.sent && !now.refused && now.key != keys[i]) adopt(keys[i], now.key);
    }
    for (auto const& room : rooms) look_into(room);
}

// The older of two edits that became one gets the newer's outcome.
void outbox::adopt(std::string const& older, std::string const& newer) {
    auto const found = waiters_.find(older);
    if (found == waiters_.end()) return;
    auto const waiting = std::move(found->second);
    waiters_.erase(found);
    auto& place = waiters_[newer];
    if (!place) place = std::make_shared<waiter>(with_->executor);
    place->adopt(waiting);
}

asio::awaitable<result<event_id>> outbox::send_all(room_id room, queuing<result<std::vector<key_state>>> work) {
    auto const states = co_await queue(std::move(room), std::move(work));
    if (!states) co_return states.error();
    auto all = follow(*states);
    co_return co_await outcome_of(std::move(all));
}

asio::awaitable<result<event_id>> outbox::send(std::vector<outbox_item> parts) {
    if (auto const key = check_key(parts.front().key); !key) co_return key.error();
    for (auto& part : parts) part = stamped(std::move(part));
    auto const room = parts.front().room;
    queuing<result<std::vector<key_state>>> work = [account = with_->account, kept = std::move(parts),
                                                    limits = limits_](base::transaction& t) { return enqueue(t, account, kept, limits); };
    co_return co_await send_all(room, std::move(work));
}

asio::awaitable<result<event_id>> outbox::edit(outbox_item edit) {
    if (auto const key = check_key(edit.key); !key) co_return key.error();
    auto const room = edit.room;
    queuing<result<std::vector<key_state>>> work = [account = with_->account, kept = stamped(std::move(edit)), limits = limits_](
                                                       base::transaction& t) { return enqueue_edit(t, account, kept, limits); };
    co_return co_await send_all(room, std::move(work));
}

asio::awaitable<result<std::optional<event_id>>> outbox::redact(outbox_item redaction) {
    if (auto const key = check_key(redaction.key); !key) co_return key.error();
    auto const room = redaction.room;
    queuing<result<redaction_state>> work = [account = with_->account, kept = stamped(std::move(redaction)), limits = limits_](
                                                base::transaction& t) { return enqueue_redaction(t, account, kept, limits); };
    auto const state = co_await queue(room, std::move(work));
    if (!state) co_return state.error();
    for (auto const& key : state->withdrawn) settle(key, withdrawn_error());
    if (state->states.empty()) co_return std::optional<event_id>();
    auto all = follow(state->states);
    auto const outcome = co_await outcome_of(std::move(all));
    if (!outcome) co_return outcome.error();
    std::optional<event_id> id;
    // Without an event: it was found out later that what it is about had never been sent.
    if (!outcome->empty()) id = *outcome;
    co_return id;
}

asio::awaitable<cancellation> outbox::withdraw(std::string key) {
    co_await stored(key);
    auto work = [account = with_->account, key](base::transaction& t) { return detail::withdraw(t, account, key); };
    auto const done = co_await attempt(std::move(work));
    for (auto const& withdrawn : done.withdrawn) settle(withdrawn, withdrawn_error());
    co_return done.found;
}

asio::awaitable<result<event_id>> outbox::resend(std::string key) {
    outbox_item item;
    item.key = std::move(key);
    auto work = [account = with_->account, kept = stamped(std::move(item))](base::transaction& t) {
        auto states = requeue(t, account, kept);
        auto const row = find_row(t, account, kept.key);
        return std::make_pair(std::move(states), row ? row->room : room_id());
    };
    auto const [states, room] = co_await attempt(std::move(work));
    if (!states) co_return states.error();
    auto all = follow(*states);
    look_into(room);
    co_return co_await outcome_of(std::move(all));
}

asio::awaitable<void> outbox::forget(std::string key) {
    co_await stored(key);
    auto work = [account = with_->account, key](base::transaction& t) { forget_key(t, account, key); };
    co_await with_->store.write(std::move(work));
}

// Whoever was told that the message is sent must not meet it as one that is leaving.
asio::awaitable<void> outbox::stored(std::string key) {
    while (accepted_.contains(key)) co_await stored_.wait();
}

asio::awaitable<void> outbox::resume() {
    auto find = [account = with_->account](base::transaction& t) { return find_waiting_rooms(t, account); };
    auto const waiting = co_await write_through(*with_, std::move(find));
    open_ = true;
    for (auto const& room : waiting) look_into(room);
}

void outbox::give(room_id const& room, outbox_row row, std::optional<sealed_message> sealed) {
    auto& queue = rooms_[room];
    if (sealed) queue.ready = ready_row{row.transaction, std::move(*sealed)};
    queue.next = std::move(row);
    ensure_sender(room);
}

void outbox::look_into(room_id const& room) {
    // resume() will find it.
    if (!open_) return;
    rooms_[room].look = true;
    ensure_sender(room);
}

void outbox::ensure_sender(room_id const& room) {
    auto& queue = rooms_[room];
    if (std::exchange(queue.has_sender, true)) return;
    tasks_.spawn(drain(room));
}

void outbox::settle(std::string const& key, result<event_id> outcome) {
    auto const found = waiters_.find(key);
    if (found == waiters_.end()) return;
    auto const waiting = std::move(found->second);
    waiters_.erase(found);
    waiting->settle(std::move(outcome));
}

void outbox::fail(error why) {
    dead_ = why;
    while (!waiters_.empty()) settle(std::string(waiters_.begin()->first), why);
}

asio::awaitable<bool> outbox::idle() {
    while (!rooms_.empty()) co_await emptied_.wait();
    co_return true;
}

asio::awaitable<void> outbox::cancel_and_join() {
    tasks_.cancel();
    co_await tasks_.join();
}

}  // namespace chatrixcd::matrix::detail
