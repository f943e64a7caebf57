// SPDX-License-Identifier: Apache-2.0
#include "outbox/outbox.hpp"

#include <boost/json/object.hpp>

#include <chatrixcd/base/json_reader.hpp>

#include "outbox/lookup.hpp"
#include "outbox/request.hpp"
#include "state/failure.hpp"

namespace chatrixcd::matrix::detail {

namespace asio = boost::asio;

namespace {

constexpr std::size_t longest_key = 255;
// Homeservers remember transaction ids for a day, as a rule.
constexpr base::duration transaction_memory = std::chrono::hours(12);

}  // namespace

// Somebody who waits for a key to be settled.
class outbox::waiter {
public:
    explicit waiter(asio::any_io_executor executor) : changed_(std::move(executor)) {}

    void settle(result<event_id> outcome) {
        outcome_ = std::move(outcome);
        changed_.notify_all();
        for (auto const& older : followers_) older->settle(*outcome_);
    }
    // An older edit that this one replaced gets this one's outcome.
    void adopt(std::shared_ptr<waiter> older) { followers_.push_back(std::move(older)); }

    asio::awaitable<result<event_id>> outcome() {
        while (!outcome_) co_await changed_.wait();
        co_return *outcome_;
    }

private:
    base::notifier changed_;
    std::optional<result<event_id>> outcome_;
    std::vector<std::shared_ptr<waiter>> followers_;
};

outbox::outbox(services& with, api& homeserver, session const& who)
    : with_(&with),
      api_(&homeserver),
      session_(&who),
      emptied_(with.executor),
      log_(with.log.named("outbox")),
      tasks_(with.executor, [this](std::exception_ptr e) { log_.error("a room's sender ended unexpectedly", {{"why", words_of(e)}}); }) {}

asio::awaitable<result<event_id>> outbox::send(outbox_item item) {
    if (item.key.empty() || item.key.size() > longest_key) {
        co_return error(error_kind::invalid, "a message's key must have 1 to 255 characters");
    }
    item.transaction = "c" + with_->random.token(22);
    item.device = session_->device();
    item.now = with_->time.now();
    std::vector<std::int64_t> leaving;
    for (auto const& [id, queue] : rooms_) leaving.push_back(queue.leaving);
    auto const room = item.room;
    auto work = [account = with_->account, kept = std::move(item), leaving](base::transaction& t) {
        return enqueue(t, account, kept, leaving);
    };
    auto state = co_await with_->store.write(std::move(work));
    with_->health.worked();
    if (state.sent) co_return *state.sent;
    if (state.refused) co_return *state.refused;
    if (dead_) co_return *dead_;

    auto& waiting = waiters_[state.key];
    if (!waiting) waiting = std::make_shared<waiter>(with_->executor);
    auto const mine = waiting;
    for (auto const& key : state.replaced) {
        auto const older = waiters_.find(key);
        if (older == waiters_.end()) continue;
        mine->adopt(std::move(older->second));
        waiters_.erase(older);
    }
    ensure_sender(room);
    co_return co_await mine->outcome();
}

asio::awaitable<void> outbox::resume() {
    auto find = [account = with_->account](base::transaction& t) { return rooms_with_queue(t, account); };
    auto const rooms = co_await write_through(*with_, std::move(find));
    for (auto const& room : rooms) ensure_sender(room);
}

void outbox::ensure_sender(room_id const& room) {
    auto const [place, fresh] = rooms_.try_emplace(room);
    place->second.again = true;
    if (fresh) tasks_.spawn(drain(room));
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

asio::awaitable<void> outbox::drain(room_id room) {
    while (rooms_[room].again && !dead_) {
        rooms_[room].again = false;
        auto find = [account = with_->account, room](base::transaction& t) { return first_in_queue(t, account, room); };
        auto row = co_await write_through(*with_, std::move(find));
        if (!row) continue;
        rooms_[room].leaving = row->id;
        bool const settled = co_await deliver(std::move(*row));
        rooms_[room].leaving = 0;
        // There may be another one behind it.
        rooms_[room].again = settled || rooms_[room].again;
    }
    rooms_.erase(room);
    if (rooms_.empty()) emptied_.notify_all();
}

// Until the row is settled; false if the account is of no use any more.
asio::awaitable<bool> outbox::deliver(outbox_row row) {
    backoff wait(with_->random);
    clearance cleared;
    bool told = false;
    for (;;) {
        std::optional<error> failure;
        bool const settled = co_await deliver_step(row, cleared, failure);
        if (settled) co_return true;
        if (!failure) continue;
        if (failure->kind() == error_kind::unauthorized) {
            fail(*failure);
            co_return false;
        }
        auto const delay = wait.next(failure->retry_after());
        if (!told) log_.warning("a message could not be sent, trying again", {{"room", row.room.str()}, {"why", failure->describe()}});
        told = true;
        co_await with_->time.sleep(delay);
    }
}

// One request. True if the row is settled; otherwise with a failure, or without one if a lookup has found nothing.
asio::awaitable<bool> outbox::deliver_step(outbox_row const& row, clearance& cleared, std::optional<error>& failure) {
    if (must_look(row, cleared)) {
        auto const found = co_await look_up(*api_, row, session_->user());
        if (!found && !is_refusal(found.error())) {
            failure = found.error();
            co_return false;
        }
        if (found && *found) {
            co_await keep_sent(row, **found);
            co_return true;
        }
        cleared.device = session_->device().str();
        cleared.until = with_->time.uptime() + transaction_memory;
        co_return false;
    }
    auto request = send_request(row);
    auto const answer = co_await api_->once(std::move(request));
    if (!answer) {
        if (is_refusal(answer.error())) {
            co_await keep_refused(row, answer.error());
            co_return true;
        }
        failure = answer.error();
        co_return false;
    }
    auto id = event_id::parse(base::find_string(*answer, "event_id").value_or(std::string()));
    if (!id) {
        failure = error(error_kind::protocol, "the homeserver accepts a message without naming its event");
        co_return false;
    }
    co_await keep_sent(row, std::move(*id));
    co_return true;
}

bool outbox::must_look(outbox_row const& row, clearance const& cleared) const {
    auto const device = session_->device().str();
    if (cleared.device == device && with_->time.uptime() < cleared.until) return false;
    return row.device != device || with_->time.now() - row.created > transaction_memory;
}

asio::awaitable<void> outbox::keep_sent(outbox_row row, event_id id) {
    auto const key = row.key;
    auto work = [row = std::move(row), id](base::transaction& t) { mark_sent(t, row, id); };
    co_await write_through(*with_, std::move(work));
    settle(key, id);
}

asio::awaitable<void> outbox::keep_refused(outbox_row row, error why) {
    auto const key = row.key;
    log_.warning("the homeserver refuses a message", {{"room", row.room.str()}, {"why", why.describe()}});
    auto work = [row = std::move(row), why](base::transaction& t) { mark_refused(t, row, why); };
    co_await write_through(*with_, std::move(work));
    settle(key, why);
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
