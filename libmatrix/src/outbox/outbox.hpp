// SPDX-License-Identifier: Apache-2.0
// Sends what was queued: one message at a time in a room, by urgency and then first in, first out, each until the homeserver has accepted
// or refused it. A failure of our own costs a room a pause, never its sender; a message at which we fail three times is given up.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <type_traits>
#include <vector>

#include <chatrixcd/base/notifier.hpp>
#include <chatrixcd/base/task_group.hpp>

#include "http/api.hpp"
#include "outbox/amend.hpp"
#include "outbox/lookup.hpp"
#include "outbox/sealed_message.hpp"
#include "session/session.hpp"
#include "state/services.hpp"

namespace chatrixcd::matrix::detail {

class outbox {
public:
    // Told of each message that is refused for good, once that is stored.
    using on_refused = std::function<boost::asio::awaitable<void>(dead_letter)>;

    // Makes of a row what may leave.
    struct sealer {
        std::function<boost::asio::awaitable<result<sealed_message>>(outbox_row const&)> seal;
        // For an encrypted room, whose next row is sealed as it is queued, if nothing stands before that: one trip to the disk less.
        // Nothing: it cannot be now.
        std::function<seal_part(room_id const&)> at_once;
    };

    outbox(services& with, api& homeserver, session const& who, queue_limits limits, sealer seal, on_refused refused);

    // Queues the parts of a message (one, as a rule) and waits until all are settled; their transaction, device and time are filled in
    // here. Gives the first one's event. Ended by cancellation they are sent all the same. Throws store_error if they could not be queued.
    boost::asio::awaitable<result<event_id>> send(std::vector<outbox_item> parts);
    // An edit of what was queued as edit.target_key (enqueue_edit()).
    boost::asio::awaitable<result<event_id>> edit(outbox_item edit);
    // A redaction of what was queued as redaction.target_key (enqueue_redaction()); nothing if it never left.
    boost::asio::awaitable<result<std::optional<event_id>>> redact(outbox_item redaction);
    boost::asio::awaitable<cancellation> withdraw(std::string key);
    // Sends a refused message again; of any other, waits for its outcome.
    boost::asio::awaitable<result<event_id>> resend(std::string key);
    // Forgets a settled key, also one that was settled just now.
    boost::asio::awaitable<void> forget(std::string key);

    // Goes on with what an earlier run has left. Before that nothing is sent, though it may be queued.
    boost::asio::awaitable<void> resume();
    // Waits until nothing is queued.
    boost::asio::awaitable<bool> idle();
    // The account is of no use any more: callers get the error, rows stay for the next start.
    void fail(error why);
    boost::asio::awaitable<void> cancel_and_join();

private:
    class waiter;
    class acceptance;
    using followed = std::vector<std::shared_ptr<waiter>>;
    struct ready_row {
        std::string transaction;  // the row's: ids are given again
        sealed_message message;
    };
    // A room that has a sender.
    struct room_queue {
        bool has_sender = false;
        std::optional<outbox_row> next;     // taken for its sender
        bool look = false;                  // something may be there that nobody has taken
        std::optional<ready_row> ready;     // sealed as it was queued
        std::optional<outbox_row> leaving;  // what is being sent, without its content
        unsigned stumbles = 0;              // how often we failed at that
        // What was found of old rows; valid on that device until then.
        std::string searched_on;
        base::duration searched_until{0};
        std::set<std::string> searched_for;
        found_keys found;
    };

    // Makes rows of a message, in a store closure.
    template <class Made>
    using queuing = std::function<Made(base::transaction&)>;

    // In one transaction, takes the room's next row as well if nobody sends there.
    template <class Made>
    boost::asio::awaitable<Made> queue(room_id room, queuing<Made> work);
    template <class F>
    boost::asio::awaitable<std::invoke_result_t<F&, base::transaction&>> attempt(F work);
    boost::asio::awaitable<void> recover();
    void adopt(std::string const& older, std::string const& newer);
    boost::asio::awaitable<void> stored(std::string key);
    // Waits for what becomes of the rows.
    boost::asio::awaitable<result<event_id>> send_all(room_id room, queuing<result<std::vector<key_state>>> work);
    outbox_item stamped(outbox_item item) const;
    followed follow(std::vector<key_state> const& states);
    boost::asio::awaitable<result<event_id>> outcome_of(followed all);
    void give(room_id const& room, outbox_row row, std::optional<sealed_message> sealed);
    void look_into(room_id const& room);
    void ensure_sender(room_id const& room);
    void settle(std::string const& key, result<event_id> outcome);

    // sender.cpp
    bool wants_more(room_id const& room);
    boost::asio::awaitable<void> drain(room_id room);
    boost::asio::awaitable<void> drain_one(room_id room);
    boost::asio::awaitable<void> stumble(room_id room, std::exception_ptr failure, base::duration pause);
    boost::asio::awaitable<void> deliver(outbox_row row);
    boost::asio::awaitable<bool> deliver_step(outbox_row const& row, bool is_first, std::optional<error>& failure);
    boost::asio::awaitable<result<sealed_message>> seal(outbox_row const& row, bool is_first);
    std::optional<sealed_message> take_ready(outbox_row const& row);
    boost::asio::awaitable<result<sealed_message>> ask_secrecy(outbox_row const& row);
    boost::asio::awaitable<std::optional<event_id>> search(outbox_row const& row, std::optional<error>& failure);
    bool must_look(outbox_row const& row) const;
    boost::asio::awaitable<void> keep(room_id room, std::function<void(base::transaction&)> work);
    boost::asio::awaitable<void> keep_sent(outbox_row row, event_id id);
    boost::asio::awaitable<void> keep_refused(outbox_row row, error why);
    boost::asio::awaitable<void> keep_orphan(outbox_row row);
    boost::asio::awaitable<void> tell(dead_letter letter);

    services* with_;
    api* api_;
    session const* session_;
    queue_limits limits_;
    sealer seal_;
    on_refused refused_;
    std::map<std::string, std::shared_ptr<waiter>> waiters_;
    std::map<room_id, room_queue> rooms_;
    bool open_ = false;
    bool recovering_ = false;
    std::set<std::string> accepted_;  // by the homeserver, which is not stored yet
    std::optional<error> dead_;
    base::notifier emptied_;
    base::notifier stored_;  // `accepted_` has lost one
    base::logger log_;
    base::task_group tasks_;
};

// Somebody who waits for a key to be settled.
class outbox::waiter {
public:
    explicit waiter(boost::asio::any_io_executor executor) : changed_(std::move(executor)) {}

    void settle(result<event_id> outcome) {
        outcome_ = std::move(outcome);
        changed_.notify_all();
        for (auto const& older : followers_) older->settle(*outcome_);
    }
    // An older edit that this one replaced gets this one's outcome.
    void adopt(std::shared_ptr<waiter> older) { followers_.push_back(std::move(older)); }

    boost::asio::awaitable<result<event_id>> outcome() {
        while (!outcome_) co_await changed_.wait();
        co_return *outcome_;
    }

private:
    base::notifier changed_;
    std::optional<result<event_id>> outcome_;
    std::vector<std::shared_ptr<waiter>> followers_;
};

}  // namespace chatrixcd::matrix::detail
