// SPDX-License-Identifier: Apache-2.0
// Follows a run that has started, until it has ended.
#include <algorithm>
#include <chrono>
#include <utility>

#include "engine/guarded.hpp"
#include "runs/active.hpp"
#include "runs/health.hpp"
#include "runs/log_text.hpp"
#include "runs/table.hpp"
#include "runs/tracker.hpp"

namespace chatrixcd::chatops::runs {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t lines_at_the_end = 15;
// A CI that forgets a run may be restarting; one that has forgotten it so often has lost it.
constexpr int forgotten_at = 3;

ci::run lost_run(record const& run) {
    auto last = run.latest.value_or(ci::run());
    last.id = run.id;
    last.at = ci::phase::finished;
    last.how = ci::outcome::lost;
    last.detail = run.server + " does not know it any more";
    return last;
}

}  // namespace

asio::awaitable<void> tracker::watch(active_ptr run) {
    pace waits(options_.poll_first, options_.poll_most);
    int forgotten = 0;
    while (run->run.open) {
        bool gate_opened = false;
        auto const seen = co_await latest_of(run);
        if (seen) {
            forgotten = 0;
            if (seen->at == ci::phase::finished) {
                co_await end(run, *seen);
                co_return;
            }
            if (run->run.latest != *seen) waits.something_happened();
            gate_opened = seen->at == ci::phase::gated && (!run->run.latest || run->run.latest->at != ci::phase::gated);
            run->run.latest = *seen;
        } else if (seen.error().kind() == base::error_kind::not_found && ++forgotten >= forgotten_at) {
            auto last = lost_run(run->run);
            co_await end(run, std::move(last));
            co_return;
        }
        // A change of state is shown at once, lesser news when the last edit is old enough.
        auto const due = run->published_at + options_.card_interval;
        auto const now = time_.uptime();
        auto pause = waits.next();
        if (gate_opened) {
            auto call = [prefix = options_.command_prefix](base::transaction& in, record const& r) { put_gate_call(in, r, prefix); };
            co_await publish(run, std::move(call));
        } else if (state_of(run->run) != run->published || now >= due) {
            co_await publish(run, nullptr);
        } else {
            pause = std::min(pause, std::max<base::duration>(due - now, 1ms));
        }
        co_await rest(run, pause);
    }
}

asio::awaitable<base::result<ci::run>> tracker::latest_of(active_ptr run) {
    if (run->news) {
        auto pushed = std::move(*run->news);
        run->news.reset();
        run->heard_at = time_.uptime();
        co_return pushed;
    }
    if (tells(*run)) co_return *run->run.latest;
    auto* const server = server_named(run->run.server);
    auto seen = co_await guarded(server->get(run->run.id), base::error_kind::internal);
    note_health(run->run.server, seen);
    if (seen) run->heard_at = time_.uptime();
    co_return seen;
}

// Whether what we know is what the CI would say: it would have told.
bool tracker::tells(active const& run) const {
    bool const is_recent = run.heard_at && time_.uptime() - *run.heard_at < options_.poll_beside_events;
    return is_recent && run.run.latest && telling_.contains(run.run.server);
}

void tracker::ask_for_all_of(std::string const& server) {
    for (auto const& [number, run] : active_) {
        if (run->run.server == server) look_now(number);
    }
}

asio::awaitable<void> tracker::end(active_ptr run, ci::run last) {
    auto excerpt = co_await last_lines(run);
    auto& record = run->run;
    record.latest = std::move(last);
    record.excerpt = std::move(excerpt);
    record.open = false;
    record.ended = record.latest->ended ? *record.latest->ended : time_.now();
    co_await publish(run, put_farewell);
    log_.info("a run has ended", {{"run", record.number}, {"summary", summary_of(record, {})}, {"trace", record.trace}});
}

// The log is worth a second try, but not a card that does not say how the run ended.
asio::awaitable<std::string> tracker::last_lines(active_ptr run) {
    auto* const logs = server_named(run->run.server)->log_facet();
    if (!logs) co_return std::string();
    for (int tries = 0; tries < 2; ++tries) {
        if (tries > 0) co_await time_.sleep(1s);
        auto const chunk = co_await guarded(logs->tail(run->run.id, lines_at_the_end), base::error_kind::internal);
        if (chunk) co_return log_text(chunk->lines, lines_at_the_end);
        log_.debug("no log", {{"run", run->run.number}, {"why", chunk.error().describe()}});
        if (!is_retryable(chunk.error())) break;
    }
    co_return std::string();
}

asio::awaitable<void> tracker::listen(named_server from) {
    pace waits(1s, 60s);
    auto* const events = from.server->event_facet();
    while (true) {
        auto const news = co_await guarded(events->next(), base::error_kind::internal);
        if (!news) {
            // The runs are asked for meanwhile; nothing is missed.
            log_.debug("no events", {{"server", from.name}, {"why", news.error().describe()}});
            if (telling_.erase(from.name) > 0) ask_for_all_of(from.name);
            co_await time_.sleep(waits.next());
            continue;
        }
        waits.something_happened();
        telling_.insert(from.name);
        for (auto const& [number, run] : active_) {
            if (run->run.server != from.name || run->run.id != news->id || run->run.id.empty()) continue;
            run->news = *news;
            run->poke();
        }
    }
}

}  // namespace chatrixcd::chatops::runs
