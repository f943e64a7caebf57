// SPDX-License-Identifier: Apache-2.0
#include "engine/intake.hpp"

#include <algorithm>
#include <chrono>
#include <exception>

#include <chatrixcd/base/timeout.hpp>
#include <chatrixcd/chatops/command/tokens.hpp>

#include "engine/guarded.hpp"
#include "journal/keys.hpp"
#include "runs/pace.hpp"

namespace chatrixcd::chatops {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

// Deliveries in memory; more stay with the chat.
constexpr std::size_t most_waiting = 256;
// A message that came so often and is not in the journal may be what ends the process.
constexpr std::int64_t most_deliveries = 3;

outbox::message seen_message(journal::entry const& asked) {
    outbox::message out;
    out.key = "seen." + journal::origin_key(asked.from);
    out.service = asked.from.service;
    out.room = asked.from.room;
    out.what = outbox::kind::react;
    out.target = asked.from.event;
    out.symbol = "👀";
    return out;
}

outbox::message answer_message(journal::entry const& asked, view content) {
    outbox::message out;
    out.key = "answer." + journal::origin_key(asked.from);
    out.service = asked.from.service;
    out.room = asked.from.room;
    out.thread = asked.thread;
    out.reply_to = asked.from.event;
    out.content = std::move(content);
    return out;
}

// Said in a thread, for that is where it is answered.
outbox::message question_message(journal::entry const& asked, view content) {
    auto out = answer_message(asked, std::move(content));
    out.thread = asked.thread.value_or(asked.from.event);
    out.notify = true;
    return out;
}

// A stranger could fill the log otherwise.
void log_refusal(base::logger const& log, journal::entry const& asked, answer const& no) {
    if (no.silent) {
        log.debug("a command was ignored", {{"room", asked.from.room}, {"by", name_of(asked.who)}, {"trace", asked.trace}});
    } else {
        log.info("a command was refused",
                 {{"room", asked.from.room}, {"by", name_of(asked.who)}, {"why", no.reason}, {"trace", asked.trace}});
    }
}

}  // namespace

intake::intake(engine_parts const& parts, base::logger log, database& store, board& shown, outbox::sender& messages, desk& handlers)
    : executor_(parts.executor),
      time_(*parts.time),
      entropy_(*parts.entropy),
      log_(log),
      store_(store),
      board_(shown),
      messages_(messages),
      desk_(handlers),
      prefix_(parts.options.command_prefix),
      chats_(parts.chats),
      questions_(parts.chats),
      changed_(executor_),
      tasks_(executor_, [log](std::exception_ptr failure) {
          log.error("a room is not worked on any more", {{"why", words_of(failure)}});
      }) {}

asio::awaitable<void> intake::pull(chat::service& from) {
    while (!taken_up_.contains(from.name())) co_await changed_.wait();
    runs::pace waits(1s, 60s);
    while (true) {
        auto next = co_await guarded(from.next(), base::error_kind::internal);
        if (!next) {
            log_.warning("no messages from the chat", {{"service", from.name()}, {"why", next.error().describe()}});
            co_await time_.sleep(waits.next());
            continue;
        }
        waits.something_happened();
        while (waiting_ >= most_waiting) co_await changed_.wait();
        auto const& origin = (*next)->content().from;
        place where(origin.service, origin.room);
        item fresh;
        fresh.fresh = std::move(*next);
        enqueue(std::move(where), std::move(fresh));
    }
}

void intake::enqueue(place where, item what) {
    if (!open_) return;
    auto const [room, is_new] = queues_.try_emplace(where);
    room->second.push_back(std::move(what));
    ++waiting_;
    if (is_new) tasks_.spawn(work(std::move(where)));
}

asio::awaitable<void> intake::work(place where) {
    struct leave {
        intake& self;
        place const& room;
        ~leave() {
            auto const left = self.queues_.find(room);
            self.waiting_ -= left->second.size();
            self.queues_.erase(left);
            self.changed_.notify_all();
        }
    } const on_exit{*this, where};
    auto& queue = queues_.find(where)->second;
    while (open_ && !queue.empty()) {
        auto next = std::move(queue.front());
        queue.pop_front();
        --waiting_;
        changed_.notify_all();
        co_await take(std::move(next));
    }
}

// One command's failure ends that command alone; what ends us ends the room.
asio::awaitable<void> intake::take(item what) {
    std::exception_ptr thrown;
    try {
        if (what.fresh) {
            co_await receive(std::move(what.fresh));
        } else {
            co_await handle(std::move(*what.left_behind));
        }
    } catch (...) {
        thrown = std::current_exception();
    }
    if (!thrown) co_return;
    auto const state = co_await asio::this_coro::cancellation_state;
    if (only_cancelled(state, thrown) || is_store_failure(thrown)) std::rethrow_exception(thrown);
    log_.error("a command was not handled; it is taken up at the next start", {{"why", words_of(thrown)}});
}

asio::awaitable<void> intake::receive(std::unique_ptr<chat::delivery> fresh) {
    auto const& said = fresh->content();
    auto meant = meaning_of(said);
    if (!meant) {
        co_await acknowledge(*fresh);
        co_return;
    }
    if (said.attempt > most_deliveries) {
        co_await give_up_on(std::move(fresh), std::move(meant->asked));
        co_return;
    }
    std::exception_ptr thrown;
    try {
        answer_at_once(*meant, said);
    } catch (...) {
        thrown = std::current_exception();
    }
    if (thrown) {
        auto why = words_of(thrown);
        co_await could_not_receive(std::move(fresh), std::move(meant->asked), std::move(why));
        co_return;
    }
    // Who is not answered is not told of doubts, either.
    bool const is_ignored = meant->at_once && meant->at_once->silent;
    if (said.restored && !is_ignored) {
        co_await doubt(std::move(fresh), std::move(*meant));
        co_return;
    }
    auto commit = [what = *meant](base::transaction& in) {
        auto const& asked = what.asked;
        auto const& no = what.at_once;
        // A value means something while its question is open.
        if (!asked.answers.empty() && !journal::is_open(in, what.open->number)) return false;
        if (!journal::insert(in, asked)) return false;
        if (what.open && what.ends) journal::close_question(in, what.open->number);
        if (no) {
            journal::finish(in, asked.from, no->how, no->reason, asked.received);
            // Nobody has looked whether one is a secret.
            journal::forget_values(in, asked.from);
            if (!no->silent) outbox::put(in, answer_message(asked, no->shown));
        } else {
            outbox::put(in, seen_message(asked));
        }
        return true;
    };
    bool const is_new = co_await store_.write(std::move(commit));
    auto& asked = meant->asked;
    auto const& no = meant->at_once;
    if (is_new && meant->open && meant->ends) questions_.remove(meant->open->number);
    if (!no || !no->silent) messages_.wake(asked.from.service, asked.from.room);
    co_await acknowledge(*fresh);
    if (!is_new) {
        // It has been answered, or is being handled, under its keys.
        log_.debug("a command was delivered again", {{"event", asked.from.event}, {"trace", asked.trace}});
        co_return;
    }
    if (no) {
        log_refusal(log_, asked, *no);
        co_return;
    }
    log_.info("a command was received", {{"room", asked.from.room}, {"event", asked.from.event}, {"trace", asked.trace}});
    note_arrival(asked.from.service);
    board_.saw_room(asked.from.service, asked.from.room);
    co_await handle(std::move(asked));
}

// What could not be acknowledged comes again, and is known then.
asio::awaitable<void> intake::acknowledge(chat::delivery& taken) {
    std::exception_ptr thrown;
    try {
        co_await taken.acknowledge();
    } catch (...) {
        thrown = std::current_exception();
    }
    if (!thrown) co_return;
    auto const state = co_await asio::this_coro::cancellation_state;
    if (only_cancelled(state, thrown)) std::rethrow_exception(thrown);
    log_.warning("a message could not be acknowledged", {{"event", taken.content().from.event}, {"why", words_of(thrown)}});
}

// A policy or parser that throws is a mistake of ours. The chat brings the message again; at its last try the room is told, and only
// what is committed is acknowledged.
asio::awaitable<void> intake::could_not_receive(std::unique_ptr<chat::delivery> fresh, journal::entry asked, std::string why) {
    if (fresh->content().attempt < most_deliveries) {
        bool const set_aside = co_await fresh->failed(why);
        // A service that gives up sooner than we do.
        if (!set_aside) co_return;
    }
    auto told = desk_.gave_up(asked, why);
    co_await refuse(std::move(asked), std::move(told));
    co_await acknowledge(*fresh);
}

// Without having looked at it. What another process has journaled is handled from there.
asio::awaitable<void> intake::give_up_on(std::unique_ptr<chat::delivery> fresh, journal::entry asked) {
    auto look = [from = asked.from](base::transaction& in) { return journal::is_known(in, from); };
    bool const is_known = co_await store_.write(std::move(look));
    if (!is_known) {
        auto told = desk_.gave_up(asked, "the process ended each time while it was taken in");
        co_await refuse(std::move(asked), std::move(told));
    }
    co_await acknowledge(*fresh);
}

asio::awaitable<void> intake::refuse(journal::entry asked, answer told) {
    auto commit = [asked, told](base::transaction& in) {
        if (!journal::insert(in, asked)) return;
        journal::finish(in, asked.from, told.how, told.reason, asked.received);
        journal::forget_values(in, asked.from);
        outbox::put(in, answer_message(asked, told.shown));
    };
    co_await store_.write(std::move(commit));
    messages_.wake(asked.from.service, asked.from.room);
}

asio::awaitable<void> intake::handle(journal::entry asked) {
    auto with = co_await desk_.handle(asked, questions_.at(asked.from.service));
    co_await conclude(std::move(asked), std::move(with));
}

asio::awaitable<void> intake::conclude(journal::entry asked, answer with) {
    auto commit = [asked, with, now = time_.now()](base::transaction& in) {
        std::optional<journal::question> open;
        journal::finish(in, asked.from, with.how, with.reason, now);
        if (!with.keeps_values) journal::forget_values(in, asked.from);
        bool const said = !asked.from.room.empty() && !with.silent && !with.shown.empty();
        if (said) outbox::put(in, with.asks ? question_message(asked, with.shown) : answer_message(asked, with.shown));
        if (with.asks) open = journal::open_question_of(in, asked, *with.asks, now + journal::answer_time);
        return open;
    };
    auto open = co_await store_.write(std::move(commit));
    // Before it is said: the answer must be let through.
    if (open) wait_for_answer(std::move(*open), base::duration(0));
    if (!asked.from.room.empty()) messages_.wake(asked.from.service, asked.from.room);
}

void intake::close() {
    open_ = false;
    changed_.notify_all();
}

asio::awaitable<void> intake::finish(base::duration limit) {
    auto idle = [](intake& self) -> asio::awaitable<bool> {
        while ((!self.queues_.empty() || self.calls_ > 0) && !self.store_.is_broken()) co_await self.changed_.wait();
        co_return true;
    };
    co_await base::with_timeout<bool>(time_, idle(*this), limit);
}

asio::awaitable<void> intake::stop() {
    tasks_.cancel();
    co_await tasks_.join();
}

}  // namespace chatrixcd::chatops
