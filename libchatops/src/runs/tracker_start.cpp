// SPDX-License-Identifier: Apache-2.0
// The shell around start_intent: does what the machine says, and commits what must be known before the next step.
#include <algorithm>
#include <chrono>
#include <utility>

#include "engine/guarded.hpp"
#include "journal/journal.hpp"
#include "runs/active.hpp"
#include "runs/health.hpp"
#include "runs/table.hpp"
#include "runs/tracker.hpp"

namespace chatrixcd::chatops::runs {

namespace asio = boost::asio;

namespace {

journal::outcome outcome_of(start_state fate) {
    if (fate == start_state::started) return journal::outcome::ran;
    return fate == start_state::refused ? journal::outcome::refused : journal::outcome::in_doubt;
}

// In the thread of the command, or else of the card.
outbox::message message_below_card(record const& run) {
    outbox::message out;
    out.service = run.from.service;
    out.room = run.from.room;
    out.thread = run.thread;
    if (!run.thread) out.thread_of = run.card_key();
    return out;
}

outbox::message farewell_message(record const& run, view content) {
    auto out = message_below_card(run);
    out.key = "end." + run.key.str();
    out.notify = went_wrong(run);
    out.content = std::move(content);
    return out;
}

}  // namespace

void put_farewell(base::transaction& in, record const& run) {
    auto content = farewell_of(run);
    if (run.has_room() && !content.empty()) outbox::put(in, farewell_message(run, std::move(content)));
}

void put_gate_call(base::transaction& in, record const& run, std::string const& prefix) {
    if (!run.has_room()) return;
    auto out = message_below_card(run);
    // One for each gate; the card has changed with it.
    out.key = "gate." + run.key.str() + "." + std::to_string(run.revision);
    out.notify = true;
    out.content = gate_call_of(run, prefix);
    outbox::put(in, out);
}

asio::awaitable<void> tracker::decide_start(active_ptr run, bool fresh) {
    auto const number = run->run.number;
    auto* const server = server_named(run->run.server);
    intent_rules rules;
    rules.start_limit = options_.start_limit;
    rules.start_margin = options_.start_margin;
    rules.give_up_after = options_.give_up_after;
    start_intent machine(rules);
    start_intent::action next = start_intent::look();
    if (fresh) {
        next = machine.begin(time_.uptime());
    } else {
        next = machine.resume(run->start.attempt, run->start.waiting, time_.uptime());
    }
    while (true) {
        run->looking = machine.is_looking();
        if (auto const* sending = std::get_if<start_intent::send>(&next)) {
            auto const answer = co_await send(run, sending->attempt);
            next = machine.sent(answer, time_.uptime());
        } else if (std::holds_alternative<start_intent::look>(next)) {
            auto since = run->start.first_sent - options_.clock_slack;
            auto const answer = co_await guarded(server->find(run->run.job.project, run->run.key, since), base::error_kind::internal);
            note_health(run->run.server, answer);
            next = machine.looked(answer, time_.uptime());
        } else if (auto const* kept = std::get_if<start_intent::keep_ticket>(&next)) {
            run->start.waiting = kept->waiting;
            run->run.start = start_state::queued;
            auto keep = [number, waiting = kept->waiting](base::transaction& in, record const&) { save_ticket(in, number, waiting); };
            co_await publish(run, std::move(keep));
            next = machine.kept(time_.uptime());
        } else if (auto const* asking = std::get_if<start_intent::ask>(&next)) {
            auto const answer = co_await guarded(server->resolve(asking->waiting), base::error_kind::internal);
            note_health(run->run.server, answer);
            next = machine.asked(answer, time_.uptime());
        } else if (std::holds_alternative<start_intent::learn>(next)) {
            auto const answer = co_await guarded(server->info(), base::error_kind::internal);
            note_health(run->run.server, answer);
            next = machine.learned(answer, time_.uptime());
        } else if (auto const* pause = std::get_if<start_intent::wait>(&next)) {
            auto const span = pause->span;
            // The command need not wait for what takes longer than one answer; its card tells.
            run->answered = true;
            run->changed.notify_all();
            if (run->looking) co_await publish(run, nullptr);
            co_await time_.sleep(span);
            next = machine.waited();
        } else {
            auto fate = std::get<start_intent::decide>(next);
            co_await decided(run, std::move(fate));
            co_return;
        }
    }
}

// While a start is on the wire a graceful stop waits for it: cut, it would have to be looked for.
asio::awaitable<base::result<ci::started>> tracker::send(active_ptr run, std::int64_t attempt) {
    struct on_wire {
        tracker& self;
        explicit on_wire(tracker& t) : self(t) { ++self.on_the_wire_; }
        on_wire(on_wire const&) = delete;
        ~on_wire() {
            --self.on_the_wire_;
            self.wire_changed_.notify_all();
        }
    } const counted(*this);
    if (attempt > 1) {
        run->start.attempt = attempt;
        auto commit = [number = run->run.number, attempt](base::transaction& in) { save_attempt(in, number, attempt); };
        co_await store_.write(std::move(commit));
        log_.warning("the start is sent again under the same key", {{"run", run->run.number}, {"trace", run->run.trace}});
    }
    auto* const server = server_named(run->run.server);
    // An adapter that throws may have sent its request before.
    auto answer = co_await guarded(server->start(run->start.what, run->run.key), base::error_kind::timeout_unknown);
    note_health(run->run.server, answer);
    co_return answer;
}

asio::awaitable<void> tracker::decided(active_ptr run, start_intent::decide fate) {
    auto& record = run->run;
    record.start = fate.as;
    record.id = fate.run;
    record.reason = fate.reason;
    run->looking = false;
    if (fate.as != start_state::started) {
        record.open = false;
        record.ended = time_.now();
    }
    auto settle = [now = time_.now()](base::transaction& in, runs::record const& r) {
        drop_intent(in, r.number);
        journal::settle(in, r.from, outcome_of(r.start), r.reason, now);
        if (!r.open) put_farewell(in, r);
    };
    // What has started is looked at next, and that has more to say than "has started".
    if (record.open) {
        co_await write_down(run, std::move(settle));
    } else {
        co_await publish(run, std::move(settle));
    }
    log_.info("the start is decided",
              {{"run", record.number}, {"as", to_string(record.start)}, {"id", record.id.str()}, {"trace", record.trace}});
    run->answered = true;
    run->changed.notify_all();
}

}  // namespace chatrixcd::chatops::runs
