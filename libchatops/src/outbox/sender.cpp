// SPDX-License-Identifier: Apache-2.0
#include "outbox/sender.hpp"

#include <chrono>
#include <exception>

#include <chatrixcd/base/timeout.hpp>

#include "engine/guarded.hpp"
#include "runs/pace.hpp"

namespace chatrixcd::chatops::outbox {

namespace asio = boost::asio;
using namespace std::chrono_literals;

sender::sender(asio::any_io_executor executor, base::clock& time, base::logger log, database& store, std::vector<chat::service*> chats)
    : time_(time),
      log_(log),
      store_(store),
      chats_(std::move(chats)),
      changed_(executor),
      tasks_(executor, [log](std::exception_ptr failure) {
          log.error("the outbox stopped", {{"why", words_of(failure)}});
      }) {}

asio::awaitable<void> sender::resume() {
    auto const rooms = co_await store_.write(rooms_with_pending);
    for (auto const& [service, room] : rooms) wake(service, room);
}

void sender::wake(std::string const& service, std::string const& room) {
    auto* const through = chat_of(service);
    if (!through) {
        log_.warning("messages wait for a chat that is not configured", {{"service", service}, {"room", room}});
        return;
    }
    place const where(service, room);
    if (!busy_.insert(where).second) {
        again_.insert(where);
        return;
    }
    tasks_.spawn(say_all(where, *through));
}

asio::awaitable<void> sender::flush(base::duration limit) {
    auto emptied = [](sender& self) -> asio::awaitable<bool> {
        while (!self.busy_.empty() && !self.store_.is_broken()) co_await self.changed_.wait();
        co_return true;
    };
    co_await base::with_timeout<bool>(time_, emptied(*this), limit);
}

asio::awaitable<void> sender::stop() {
    tasks_.cancel();
    co_await tasks_.join();
}

chat::service* sender::chat_of(std::string const& service) const {
    for (auto* const one : chats_) {
        if (one->name() == service) return one;
    }
    return nullptr;
}

asio::awaitable<void> sender::say_all(place where, chat::service& through) {
    // However it ends, the room is free again: flush() must not wait for a task that is gone.
    struct leave {
        sender& self;
        place const& room;
        ~leave() {
            self.busy_.erase(room);
            self.changed_.notify_all();
        }
    } const on_exit{*this, where};
    while (true) {
        again_.erase(where);
        auto look = [where](base::transaction& in) { return next_of_room(in, where.first, where.second); };
        auto next = co_await store_.write(std::move(look));
        if (next) {
            co_await say(std::move(*next), through);
        } else if (!again_.contains(where)) {
            break;
        }
    }
}

asio::awaitable<void> sender::say(pending next, chat::service& through) {
    runs::pace waits(1s, 60s);
    while (true) {
        auto const answer = co_await guarded(attempt(next, through), base::error_kind::internal);
        if (answer) {
            auto done = [what = next.what, id = answer->value](base::transaction& in) { mark_sent(in, what, id); };
            co_await store_.write(std::move(done));
            co_return;
        }
        // A key makes a repetition harmless, so an unknown outcome is one more reason to repeat.
        auto const& why = answer.error();
        if (!is_retryable(why) && why.kind() != base::error_kind::timeout_unknown) {
            // A chat without reactions is no reason for a line in the log.
            if (why.kind() != base::error_kind::unsupported) {
                log_.warning("the chat refuses a message", {{"room", next.what.room}, {"key", next.what.key}, {"why", why.describe()}});
            }
            auto failed = [what = next.what](base::transaction& in) { mark_failed(in, what); };
            co_await store_.write(std::move(failed));
            co_return;
        }
        co_await time_.sleep(why.retry_after().value_or(waits.next()));
    }
}

asio::awaitable<base::result<chat::message_id>> sender::attempt(pending next, chat::service& through) {
    auto const& what = next.what;
    bool const refers = what.what == kind::edit || what.thread_of;
    if (refers && next.referred.empty()) {
        co_return base::error(base::error_kind::not_found, "the message that it belongs to was never sent");
    }
    if (what.what == kind::react) co_return co_await through.react(what.room, what.target, what.key, what.symbol);
    chat::outgoing out(what.room, what.key, what.content);
    out.reply_to = what.reply_to;
    out.thread = what.thread_of ? std::optional<std::string>(next.referred) : what.thread;
    out.notify = what.notify;
    if (what.what == kind::send) co_return co_await through.send(std::move(out));
    chat::message_id target{next.referred};
    co_return co_await through.edit(std::move(target), std::move(out));
}

}  // namespace chatrixcd::chatops::outbox
