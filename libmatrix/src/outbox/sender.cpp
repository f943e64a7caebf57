// SPDX-License-Identifier: Apache-2.0
// The sender of a room: takes one row after the other and brings each to its end.
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json/object.hpp>
#include <utility>

#include <chatrixcd/base/json_reader.hpp>

#include "outbox/outbox.hpp"
#include "outbox/request.hpp"
#include "state/failure.hpp"

namespace chatrixcd::matrix::detail {

namespace asio = boost::asio;

namespace {

// Homeservers remember transaction ids for a day, as a rule.
constexpr base::duration transaction_memory = std::chrono::hours(12);
// Failures of our own at one message before it is given up.
constexpr unsigned most_stumbles = 3;

}  // namespace

// A key between the homeserver's answer and its being stored.
class outbox::acceptance {
public:
    acceptance(outbox& of, std::string key) : of_(of), key_(std::move(key)) { of_.accepted_.insert(key_); }
    acceptance(acceptance const&) = delete;
    acceptance& operator=(acceptance const&) = delete;
    ~acceptance() {
        of_.accepted_.erase(key_);
        of_.stored_.notify_all();
    }

private:
    outbox& of_;
    std::string key_;
};

bool outbox::wants_more(room_id const& room) {
    auto const& queue = rooms_[room];
    return (queue.next || queue.look) && !dead_;
}

asio::awaitable<void> outbox::drain(room_id room) {
    backoff wait(with_->random, std::chrono::seconds(1));
    std::exception_ptr failure;
    while (failure || wants_more(room)) {
        auto const earlier = std::exchange(failure, nullptr);
        auto const pause = earlier ? wait.next() : base::duration(0);
        try {
            if (earlier) {
                co_await stumble(room, earlier, pause);
            } else {
                co_await drain_one(room);
                wait.reset();
            }
        } catch (...) {
            failure = std::current_exception();
        }
        auto const condition = co_await asio::this_coro::cancellation_state;
        if (failure && condition.cancelled() != asio::cancellation_type::none) std::rethrow_exception(failure);
    }
    rooms_.erase(room);
    if (rooms_.empty()) emptied_.notify_all();
}

asio::awaitable<void> outbox::drain_one(room_id room) {
    auto& queue = rooms_[room];
    auto row = std::exchange(queue.next, std::nullopt);
    if (!row) {
        queue.look = false;
        auto find = [account = with_->account, room](base::transaction& t) { return take_up(t, account, room); };
        row = co_await write_through(*with_, std::move(find));
        // Whoever queued it has taken it just before.
        if (row && queue.next && queue.next->id == row->id) queue.next.reset();
    }
    if (!row) co_return;
    if (!queue.leaving || queue.leaving->id != row->id) queue.stumbles = 0;
    queue.leaving = *row;
    queue.leaving->content.reset();
    co_await deliver(std::move(*row));
    queue.leaving.reset();
}

// The firewall: nobody thought of what has happened, so the room goes on after a pause. Only the error id leaves the log.
asio::awaitable<void> outbox::stumble(room_id room, std::exception_ptr failure, base::duration pause) {
    co_await with_->time.sleep(pause);
    auto& queue = rooms_[room];
    queue.look = true;
    auto const id = with_->random.token(8);
    log_.error("sending to a room failed unexpectedly", {{"room", room.str()}, {"error_id", id}, {"why", words_of(failure)}});
    if (!queue.leaving) co_return;
    if (++queue.stumbles < most_stumbles) co_return;
    auto row = std::move(*queue.leaving);
    queue.leaving.reset();
    auto why = error(error_kind::internal, "the message could not be sent for a failure of our own, error id " + id)
                   .with_hint("The log says more at that id");
    co_await keep_refused(std::move(row), std::move(why));
}

// Until the row is settled, or the account is of no use any more.
asio::awaitable<void> outbox::deliver(outbox_row row) {
    if (row.orphan) {
        co_await keep_orphan(std::move(row));
        co_return;
    }
    if (!row.content) {
        auto why = error(error_kind::environment, "what is stored of the message cannot be read: the database is damaged");
        co_await keep_refused(std::move(row), std::move(why));
        co_return;
    }
    backoff wait(with_->random);
    bool told = false;
    for (bool is_first = true;; is_first = false) {
        std::optional<error> failure;
        bool const settled = co_await deliver_step(row, is_first, failure);
        if (settled) co_return;
        if (!failure) continue;
        if (failure->kind() == error_kind::unauthorized) {
            fail(*failure);
            co_return;
        }
        auto const delay = wait.next(failure->retry_after());
        if (!told) log_.warning("a message could not be sent, trying again", {{"room", row.room.str()}, {"why", failure->describe()}});
        told = true;
        co_await with_->time.sleep(delay);
    }
}

// True if the row is settled; otherwise with a failure, or without one if a search has found nothing.
asio::awaitable<bool> outbox::deliver_step(outbox_row const& row, bool is_first, std::optional<error>& failure) {
    if (must_look(row)) {
        auto const found = co_await search(row, failure);
        if (found) co_await keep_sent(row, *found);
        if (found || failure) co_return static_cast<bool>(found);
    }
    auto message = co_await seal(row, is_first);
    if (!message) {
        failure = message.error();
        co_return false;
    }
    if (message->why) {
        co_await keep_refused(row, std::move(*message->why));
        co_return true;
    }
    auto request = send_request(row, message->type, std::move(message->content));
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

// A room may become encrypted while a row waits.
asio::awaitable<result<sealed_message>> outbox::seal(outbox_row const& row, bool is_first) {
    bool const is_fresh = is_first && !must_look(row);
    auto ready = take_ready(row);
    if (is_fresh && ready) co_return std::move(*ready);
    if (is_fresh && row.secrecy == room_secrecy::clear) co_return as_it_is(row);
    if (!is_fresh || row.secrecy == room_secrecy::encrypted) {
        auto message = co_await seal_.seal(row);
        if (!message || message->before != obstacle::room) co_return message;
    }
    co_return co_await ask_secrecy(row);
}

std::optional<sealed_message> outbox::take_ready(outbox_row const& row) {
    auto& ready = rooms_[row.room].ready;
    if (!ready || ready->transaction != row.transaction) return std::nullopt;
    auto message = std::move(ready->message);
    ready.reset();
    return message;
}

// Of a room that no sync has shown: the homeserver says whether it is encrypted, and if it is, the sync has to show it first.
asio::awaitable<result<sealed_message>> outbox::ask_secrecy(outbox_row const& row) {
    if (leaves_in_clear(row)) co_return as_it_is(row);
    auto request =
        call::get(client_path({"rooms", row.room.str(), "state", "m.room.encryption", ""})).named("asking whether the room is encrypted");
    auto const answer = co_await api_->once(std::move(request));
    if (answer) co_return error(error_kind::unavailable, "the room is encrypted, and its members are not known yet");
    if (answer.error().kind() == error_kind::not_found && answer.error().errcode() == "M_NOT_FOUND") co_return as_it_is(row);
    if (!is_refusal(answer.error())) co_return answer.error();
    sealed_message refused;
    refused.before = obstacle::refusal;
    refused.why = answer.error();
    co_return refused;
}

bool outbox::must_look(outbox_row const& row) const {
    return row.device != session_->device().str() || with_->time.now() - row.created > transaction_memory;
}

// One search of a room's history answers for all old rows that wait there, for as long as the homeserver remembers what we send then.
asio::awaitable<std::optional<event_id>> outbox::search(outbox_row const& row, std::optional<error>& failure) {
    std::optional<event_id> found;
    auto& queue = rooms_[row.room];
    auto const device = session_->device().str();
    // What a store queues after it was put back is of no device, and no older search was for it.
    bool const is_covered = !row.device.empty() || queue.searched_for.contains(row.key);
    bool const searched = is_covered && queue.searched_on == device && with_->time.uptime() < queue.searched_until;
    if (!searched && is_about_another(row)) {
        auto const answer = co_await look_up_relation(*api_, row, session_->user(), with_->time);
        if (!answer) {
            failure = answer.error();
            co_return found;
        }
        if (answer->answered) co_return answer->found;
    }
    if (!searched) {
        auto find = [account = with_->account, room = row.room, before = with_->time.now() - transaction_memory,
                     device](base::transaction& t) { return find_old_keys(t, account, room, before, device); };
        auto wanted = co_await write_through(*with_, std::move(find));
        std::set<std::string> keys(wanted.keys.begin(), wanted.keys.end());
        auto answer = co_await look_up(*api_, row.room, std::move(wanted), session_->user(), with_->time);
        // Whoever may not read the room any more may not write to it either: the homeserver says so.
        if (!answer && !is_refusal(answer.error())) {
            failure = answer.error();
            co_return found;
        }
        queue.found.clear();
        if (answer) queue.found = std::move(*answer);
        queue.searched_for = std::move(keys);
        queue.searched_on = device;
        queue.searched_until = with_->time.uptime() + transaction_memory;
    }
    auto const known = queue.found.find(row.key);
    if (known != queue.found.end()) found = known->second;
    co_return found;
}

// The row is settled, and the room's next one is taken with it.
asio::awaitable<void> outbox::keep(room_id room, std::function<void(base::transaction&)> work) {
    auto all = [account = with_->account, room, work = std::move(work)](base::transaction& t) {
        work(t);
        return take_up(t, account, room);
    };
    auto next = co_await write_through(*with_, std::move(all));
    rooms_[room].next = std::move(next);
}

// Who waits for it goes on before it is stored: a crash in between sends it again in the same transaction, and what is to be stored next
// (that a handler is done, as a rule) goes the same way to the disk.
asio::awaitable<void> outbox::keep_sent(outbox_row row, event_id id) {
    auto const room = row.room;
    auto const key = row.key;
    acceptance const until_stored(*this, key);
    settle(key, id);
    co_await asio::post(with_->executor, asio::use_awaitable);
    auto work = [account = with_->account, row = std::move(row), id](base::transaction& t) { mark_sent(t, account, row, id); };
    co_await keep(room, std::move(work));
    // Who has asked for it meanwhile.
    settle(key, id);
}

asio::awaitable<void> outbox::keep_refused(outbox_row row, error why) {
    dead_letter letter;
    letter.key = row.key;
    letter.room = row.room;
    letter.type = row.type;
    letter.content = row.content.value_or(std::string());
    letter.queued = row.created;
    letter.why = why;
    log_.warning("a message is refused", {{"room", row.room.str()}, {"why", why.describe()}});
    auto work = [account = with_->account, row = std::move(row), why](base::transaction& t) { mark_refused(t, account, row, why); };
    co_await keep(letter.room, std::move(work));
    settle(letter.key, std::move(why));
    if (refused_) tasks_.spawn(tell(std::move(letter)));
}

// Nothing is left to redact; an edit has failed.
asio::awaitable<void> outbox::keep_orphan(outbox_row row) {
    if (row.type != "m.room.redaction") {
        auto why = error(error_kind::conflict, "the message to edit was never sent");
        co_await keep_refused(std::move(row), std::move(why));
        co_return;
    }
    auto work = [id = row.id](base::transaction& t) { mark_withdrawn(t, id); };
    co_await keep(row.room, std::move(work));
    settle(row.key, event_id());
}

asio::awaitable<void> outbox::tell(dead_letter letter) { co_await refused_(std::move(letter)); }

}  // namespace chatrixcd::matrix::detail
