// SPDX-License-Identifier: Apache-2.0
// What another process has left, and stores that were put back from a copy.
#include <algorithm>
#include <chrono>
#include <utility>

#include "engine/guarded.hpp"
#include "engine/intake.hpp"
#include "journal/keys.hpp"
#include "journal/put_back.hpp"
#include "runs/pace.hpp"

namespace chatrixcd::chatops {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

struct found_at_start {
    std::vector<journal::entry> unhandled;
    std::vector<journal::question> open;
};

constexpr char const* mark_name = "chatops.db";
// A copy that is younger than the last raise is not recognised.
constexpr base::duration raise_interval = 10min;
// How long what was said while we were away may take to arrive.
constexpr base::duration catching_up = 1min;

// What its person says next may have been meant for a later question.
void close_in_copy(base::transaction& in, journal::question const& open) {
    journal::close_question(in, open.number);
    outbox::message told;
    told.key = "end.question." + journal::origin_key(open.from);
    told.service = open.from.service;
    told.room = open.from.room;
    told.thread = open.thread;
    told.content = view::of_text(
        "My store was put back from a copy: I cannot know whether this was answered and has run. I do not wait for an answer.");
    outbox::put(in, told);
}

}  // namespace

asio::awaitable<void> intake::resume() {
    auto refuse_lines = [now = time_.now()](base::transaction& in) {
        for (auto const& asked : journal::unhandled(in, "operator")) {
            journal::finish(in, asked.from, journal::outcome::refused, "the bot was restarted before it ran", now);
        }
    };
    co_await store_.write(std::move(refuse_lines));
    for (auto* const chat : chats_) tasks_.spawn(take_up(*chat));
}

asio::awaitable<void> intake::take_up(chat::service& of) {
    bool const put_back = co_await was_put_back(of);
    auto left = [service = of.name(), put_back, now = time_.now()](base::transaction& in) {
        found_at_start found;
        found.open = journal::open_questions_of(in, service);
        if (put_back) {
            for (auto const& open : found.open) close_in_copy(in, open);
        }
        found.unhandled = journal::unhandled(in, service);
        for (auto& asked : found.unhandled) {
            if (put_back) {
                journal::put_in_doubt(in, asked, now);
            } else {
                // The mark of a process that ended meanwhile counts as a try.
                journal::count_attempt(in, asked.from);
                ++asked.attempts;
            }
        }
        return found;
    };
    auto found = co_await store_.write(std::move(left));
    if (put_back) {
        for (auto const& open : found.open) messages_.wake(open.from.service, open.from.room);
        found.open.clear();
    }
    questions_.load(of.name(), found.open);
    for (auto& open : found.open) wait_for_answer(std::move(open), catching_up);
    for (auto& asked : found.unhandled) {
        place where(asked.from.service, asked.from.room);
        if (put_back) {
            messages_.wake(where.first, where.second);
            continue;
        }
        item again;
        again.left_behind = std::move(asked);
        enqueue(std::move(where), std::move(again));
    }
    taken_up_[of.name()] = time_.uptime();
    changed_.notify_all();
}

// A chat that does not answer is waited for: nothing of it could be handled meanwhile.
asio::awaitable<base::result<std::int64_t>> intake::keep_mark(chat::service& at, std::int64_t value) {
    runs::pace waits(1s, 60s);
    while (true) {
        auto const before = co_await guarded(at.keep_mark(mark_name, value), base::error_kind::internal);
        if (before) co_return before;
        auto const& why = before.error();
        if (!is_retryable(why) && why.kind() != base::error_kind::timeout_unknown) co_return before;
        co_await time_.sleep(why.retry_after().value_or(waits.next()));
    }
}

asio::awaitable<bool> intake::was_put_back(chat::service& says) {
    auto load = [chat = says.name()](base::transaction& in) { return journal::load_mark(in, chat); };
    auto const here = co_await store_.write(std::move(load));
    auto const there = co_await keep_mark(says, here);
    if (!there) {
        log_.debug("the chat keeps no mark of our store", {{"service", says.name()}, {"why", there.error().describe()}});
        co_return false;
    }
    bool const put_back = *there > here;
    if (put_back) {
        log_.warning("chatops.db was put back from a copy: commands that it has as not handled are in doubt, and listed in their rooms",
                     {{"store", here}, {"chat", *there}});
    }
    auto const next = std::max(here, *there) + 1;
    auto save = [chat = says.name(), next](base::transaction& in) { journal::save_mark(in, chat, next); };
    co_await store_.write(std::move(save));
    co_await keep_mark(says, next);
    co_return put_back;
}

void intake::note_arrival(std::string const& service) {
    auto const taken = taken_up_.find(service);
    if (taken == taken_up_.end() || time_.uptime() - taken->second < raise_interval) return;
    taken->second = time_.uptime();
    for (auto* const chat : chats_) {
        if (chat->name() == service) tasks_.spawn(raise_mark(*chat));
    }
}

asio::awaitable<void> intake::raise_mark(chat::service& at) {
    auto raise = [chat = at.name()](base::transaction& in) {
        auto const next = journal::load_mark(in, chat) + 1;
        journal::save_mark(in, chat, next);
        return next;
    };
    auto const next = co_await store_.write(std::move(raise));
    co_await keep_mark(at, next);
}

// Whether it has run is not known, and it is not run now.
asio::awaitable<void> intake::doubt(std::unique_ptr<chat::delivery> fresh, arrival what) {
    auto commit = [what, now = time_.now()](base::transaction& in) {
        auto const& asked = what.asked;
        if (!journal::insert(in, asked)) return false;
        if (what.open) journal::close_question(in, what.open->number);
        journal::put_in_doubt(in, asked, now);
        return true;
    };
    bool const is_new = co_await store_.write(std::move(commit));
    auto const& asked = what.asked;
    if (is_new) {
        if (what.open) questions_.remove(what.open->number);
        messages_.wake(asked.from.service, asked.from.room);
        log_.info("a command is in doubt: it comes from a store that was put back", {{"room", asked.from.room}, {"trace", asked.trace}});
    }
    co_await acknowledge(*fresh);
}

}  // namespace chatrixcd::chatops
