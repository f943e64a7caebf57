// SPDX-License-Identifier: Apache-2.0
#include "runs/tracker.hpp"

#include <boost/json/object.hpp>
#include <chrono>
#include <exception>
#include <utility>

#include <chatrixcd/base/digest.hpp>
#include <chatrixcd/base/timeout.hpp>
#include <chatrixcd/chatops/view_json.hpp>

#include "engine/guarded.hpp"
#include "journal/journal.hpp"
#include "journal/json_text.hpp"
#include "journal/keys.hpp"
#include "runs/active.hpp"
#include "runs/table.hpp"

namespace chatrixcd::chatops::runs {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr std::int64_t runs_a_page = 200;

std::string digest_of(card const& shown) { return base::sha256_hex(journal::json_text(to_json(view().with(shown)))).substr(0, 32); }

outbox::message card_message(record const& run, card shown) {
    outbox::message out;
    out.key = run.card_key();
    out.service = run.from.service;
    out.room = run.from.room;
    out.thread = run.thread;
    out.reply_to = run.from.event;
    out.content = view().with(std::move(shown));
    return out;
}

outbox::message card_edit(record const& run, card shown) {
    auto out = card_message(run, std::move(shown));
    out.key += "." + std::to_string(run.revision);
    out.what = outbox::kind::edit;
    out.target = run.card_key();
    return out;
}

}  // namespace

tracker::tracker(engine_parts const& parts, base::logger log, database& store, board& shown, outbox::sender& messages)
    : executor_(parts.executor),
      time_(*parts.time),
      log_(log),
      store_(store),
      board_(shown),
      messages_(messages),
      servers_(parts.servers),
      options_(parts.options),
      wire_changed_(executor_),
      tasks_(executor_, [log](std::exception_ptr failure) {
          log.error("a run is not followed any more", {{"why", words_of(failure)}});
      }) {}

tracker::~tracker() = default;

asio::awaitable<void> tracker::resume() {
    std::int64_t after = 0;
    while (true) {
        auto page = [after](base::transaction& in) {
            std::vector<std::pair<record, std::optional<intent>>> found;
            for (auto& run : open_runs(in, after, runs_a_page)) {
                auto start = load_intent(in, run.number);
                found.emplace_back(std::move(run), std::move(start));
            }
            return found;
        };
        auto found = co_await store_.write(std::move(page));
        if (found.empty()) break;
        for (auto& [run, start] : found) {
            after = run.number;
            if (!server_named(run.server)) {
                log_.error("an open run belongs to a CI that is not configured", {{"run", run.number}, {"server", run.server}});
                board_.put(entry_of(run, {}));
                continue;
            }
            auto taken = std::make_shared<active>(executor_);
            taken->run = std::move(run);
            if (start) taken->start = std::move(*start);
            taken->published = state_of(taken->run);
            recall_stop(taken->run);
            board_.put(entry_of(taken->run, {}));
            active_.emplace(taken->run.number, taken);
            tasks_.spawn(follow(taken, /*fresh=*/false));
        }
    }
    for (auto const& server : servers_) {
        if (!server.server->event_facet()) continue;
        telling_.insert(server.name);
        tasks_.spawn(listen(server));
    }
}

// What a process before us asked of the CI, which may not say it itself.
void tracker::recall_stop(record const& of) const {
    auto* const control = server_named(of.server)->control_facet();
    if (control && !of.stopped_by.empty() && !of.id.empty()) control->recall_cancel(of.id);
}

asio::awaitable<base::result<record>> tracker::begin(order what) {
    auto begun = std::make_shared<active>(executor_);
    auto& run = begun->run;
    run.from = what.from;
    run.key = journal::make_run_key(what.from, run.ordinal, journal::plan_digest(what.server, what.what));
    run.requested_by = what.requested_by;
    run.trace = what.trace;
    run.server = what.server;
    run.job = what.what.job;
    run.project_name = what.project_name;
    run.job_name = what.what.job_name.empty() ? what.what.job.name : what.what.job_name;
    run.parameters = what.shown;
    run.has_secrets = what.has_secrets;
    run.created = time_.now();
    begun->start.what = std::move(what.what);
    begun->start.first_sent = run.created;

    auto commit = [run = begun->run, start = begun->start, prefix = options_.command_prefix](base::transaction& in) mutable {
        journal::mark_sending(in, run.from);
        if (run.has_secrets) journal::forget_values(in, run.from);
        run.thread = journal::thread_of(in, run.from);
        run.number = insert(in, run, start);
        auto shown = card_of(run, {}, prefix);
        run.shown = digest_of(shown);
        save(in, run);
        if (run.has_room()) outbox::put(in, card_message(run, std::move(shown)));
        return run;
    };
    bool taken = false;
    try {
        begun->run = co_await store_.write(std::move(commit));
    } catch (base::constraint_violation const&) {
        taken = true;
    }
    if (taken) co_return base::error(base::error_kind::conflict, "this command has started a run already");
    log_.info("a start is being sent", {{"run", run.number}, {"key", run.key.str()}, {"server", run.server}, {"trace", run.trace}});
    begun->published_at = time_.uptime();
    board_.put(entry_of(run, {}));
    active_.emplace(run.number, begun);
    if (run.has_room()) messages_.wake(run.from.service, run.from.room);
    tasks_.spawn(follow(begun, /*fresh=*/true));
    while (!begun->answered) co_await begun->changed.wait();
    co_return begun->run;
}

asio::awaitable<void> tracker::note_stopper(std::int64_t number, std::string who) {
    auto const place = active_.find(number);
    if (place == active_.end()) co_return;
    auto const run = place->second;
    run->run.stopped_by = std::move(who);
    co_await write_down(run, [](base::transaction&, record const&) {});
}

asio::awaitable<void> tracker::note_decision(std::int64_t number, std::string decision, std::string trace) {
    auto const place = active_.find(number);
    if (place == active_.end()) co_return;
    auto const run = place->second;
    run->run.decision = std::move(decision);
    run->run.decided_in = std::move(trace);
    co_await write_down(run, [](base::transaction&, record const&) {});
}

void tracker::doubt_decision(std::int64_t number) {
    auto const place = active_.find(number);
    if (place == active_.end()) return;
    place->second->decision_in_doubt_until = time_.uptime() + options_.start_limit + options_.start_margin;
}

bool tracker::is_decision_in_doubt(std::int64_t number) const {
    auto const place = active_.find(number);
    return place != active_.end() && place->second->decision_in_doubt_until && time_.uptime() < *place->second->decision_in_doubt_until;
}

void tracker::look_now(std::int64_t number) {
    auto const place = active_.find(number);
    if (place == active_.end()) return;
    place->second->heard_at.reset();
    place->second->poke();
}

asio::awaitable<void> tracker::settle(base::duration limit) {
    auto quiet = [](tracker& self) -> asio::awaitable<bool> {
        while (self.on_the_wire_ > 0 && !self.store_.is_broken()) co_await self.wire_changed_.wait();
        co_return true;
    };
    co_await base::with_timeout<bool>(time_, quiet(*this), limit);
}

asio::awaitable<void> tracker::stop() {
    tasks_.cancel();
    co_await tasks_.join();
}

ci::server* tracker::server_named(std::string const& name) const {
    for (auto const& one : servers_) {
        if (one.name == name) return one.server;
    }
    return nullptr;
}

// A pause in the answers is no news yet.
passing_news tracker::news_of(active const& run) const {
    passing_news news;
    news.looking = run.looking;
    auto const since = board_.silent_since(run.run.server);
    if (since && time_.now() - *since >= 10s) news.silent_since = since;
    return news;
}

// However it ends, whoever waits for the start's answer must not wait for ever.
asio::awaitable<void> tracker::follow(active_ptr run, bool fresh) {
    struct leave {
        active& run;
        ~leave() {
            run.answered = true;
            run.changed.notify_all();
        }
    } const on_exit{*run};
    while (run->run.open) {
        std::exception_ptr thrown;
        try {
            if (run->run.start == start_state::sending || run->run.start == start_state::queued) co_await decide_start(run, fresh);
            if (run->run.open) co_await watch(run);
        } catch (...) {
            thrown = std::current_exception();
        }
        if (!thrown) continue;
        auto const state = co_await asio::this_coro::cancellation_state;
        if (only_cancelled(state, thrown) || is_store_failure(thrown)) std::rethrow_exception(thrown);
        log_.error("following a run failed, trying again",
                   {{"run", run->run.number}, {"trace", run->run.trace}, {"why", words_of(thrown)}});
        fresh = false;  // the start may have been sent
        co_await time_.sleep(30s);
    }
    active_.erase(run->run.number);
}

// Writes the record, and an edit of its card if that shows anything new.
asio::awaitable<void> tracker::publish(active_ptr run, also what) {
    auto const news = news_of(*run);
    auto shown = card_of(run->run, news, options_.command_prefix);
    auto digest = digest_of(shown);
    bool const edit = digest != run->run.shown;
    if (!edit && !what) co_return;
    if (edit) {
        ++run->run.revision;
        run->run.shown = std::move(digest);
    }
    auto commit = [record = run->run, shown, edit, what](base::transaction& in) {
        save(in, record);
        if (edit && record.has_room()) outbox::put(in, card_edit(record, shown));
        if (what) what(in, record);
    };
    co_await store_.write(std::move(commit));
    run->published = shown.state;
    if (edit) run->published_at = time_.uptime();
    board_.put(entry_of(run->run, news));
    if (run->run.has_room()) messages_.wake(run->run.from.service, run->run.from.room);
}

// Writes the record; its card is left as it is.
asio::awaitable<void> tracker::write_down(active_ptr run, also what) {
    auto commit = [record = run->run, what](base::transaction& in) {
        save(in, record);
        what(in, record);
    };
    co_await store_.write(std::move(commit));
    board_.put(entry_of(run->run, news_of(*run)));
}

asio::awaitable<void> tracker::rest(active_ptr run, base::duration at_most) {
    auto poked = [](active_ptr waiting) -> asio::awaitable<bool> {
        while (!waiting->poked && !waiting->news) co_await waiting->changed.wait();
        co_return true;
    };
    co_await base::with_timeout<bool>(time_, poked(run), at_most);
    run->poked = false;
}

}  // namespace chatrixcd::chatops::runs
