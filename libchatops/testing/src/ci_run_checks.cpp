// SPDX-License-Identifier: Apache-2.0
// What needs a run: its life, its log, its end.
#include <algorithm>
#include <utility>

#include "ci_check.hpp"

#include <chatrixcd/chatops/ci/schedules.hpp>

namespace chatrixcd::chatops::testing {

using base::error_kind;
using boost::asio::awaitable;

namespace {

constexpr auto between_looks = std::chrono::milliseconds(50);
constexpr std::size_t most_lines = 10000;

}  // namespace

awaitable<std::optional<ci::run_id>> ci_check::started(ci::run_request what, std::string key) {
    auto const plan = co_await server_.prepare(std::move(what));
    if (!found_.expect_done(plan, "prepare()")) co_return std::nullopt;
    auto answer = co_await server_.start(*plan, key_of(key));
    auto const until = subject_.time->uptime() + subject_.patience;
    while (answer.has_value() && std::holds_alternative<ci::ticket>(*answer) && subject_.time->uptime() < until) {
        co_await subject_.time->sleep(between_looks);
        auto waiting = std::get<ci::ticket>(*answer);
        answer = co_await server_.resolve(std::move(waiting));
    }
    if (!found_.expect_done(answer, "start()")) co_return std::nullopt;
    auto const* const id = std::get_if<ci::run_id>(&*answer);
    if (!found_.expect(id != nullptr, "start(): the ticket was never resolved")) co_return std::nullopt;
    if (!found_.expect(!id->empty(), "start(): the run has an empty id")) co_return std::nullopt;
    co_return *id;
}

awaitable<std::optional<ci::run>> ci_check::watched_to_the_end(ci::run_id id) {
    auto const until = subject_.time->uptime() + subject_.patience;
    bool left_queue = false;
    while (subject_.time->uptime() < until) {
        auto const run = co_await server_.get(id);
        if (!found_.expect_done(run, "get()")) co_return std::nullopt;
        found_.expect(run->id == id, "get(): it is another run");
        found_.expect(run->at != ci::phase::queued || !left_queue, "get(): the run went back into the queue");
        left_queue = left_queue || run->at != ci::phase::queued;
        if (run->at == ci::phase::finished) {
            judge_finished(*run);
            co_return *run;
        }
        found_.expect(run->how == ci::outcome::none, "get(): the run has an outcome before it has finished");
        found_.expect(!run->ended, "get(): the run has an end before it has finished");
        co_await subject_.time->sleep(between_looks);
    }
    found_.expect(false, "get(): the run " + id.str() + " did not finish in time");
    co_return std::nullopt;
}

void ci_check::judge_finished(ci::run const& run) {
    found_.expect(run.how != ci::outcome::none, "get(): a finished run has no outcome");
    found_.expect(!run.raw.empty(), "get(): the server's own word is missing");
    if (run.created && run.started) found_.expect(*run.created <= *run.started, "get(): the run started before it was created");
    if (run.started && run.ended) found_.expect(*run.started <= *run.ended, "get(): the run ended before it started");
}

awaitable<void> ci_check::one_run() {
    auto const id = co_await started(subject_.succeeds, "one");
    if (!id) co_return;
    auto const there = co_await server_.find(subject_.succeeds.job.project, key_of("one"), begun_);
    if (found_.expect_done(there, "find()")) {
        auto const* const hit = std::get_if<ci::found_run>(&*there);
        found_.expect(hit == nullptr || hit->id == *id, "find(): the key leads to another run");
        found_.expect(!std::holds_alternative<ci::absent>(*there), "find(): says absent, but the run exists");
    }
    auto const done = co_await watched_to_the_end(*id);
    if (!done) co_return;
    found_.expect(done->how == ci::outcome::success, "get(): the run that should succeed did not: " + done->raw + " " + done->detail);
    found_.expect(done->job == subject_.succeeds.job, "get(): the run is of another job");

    auto const second = co_await started(subject_.succeeds, "two");
    if (!second) co_return;
    found_.expect(*second != *id, "start(): two keys gave the same run");
    ci::page_request first_page;
    auto const listed = co_await server_.runs(ci::run_query(), std::move(first_page));
    if (found_.expect_done(listed, "runs()")) {
        auto const place = [&](ci::run_id const& wanted) {
            return std::find_if(listed->items.begin(), listed->items.end(), [&](ci::run const& run) { return run.id == wanted; });
        };
        found_.expect(place(*id) != listed->items.end() && place(*second) != listed->items.end(), "runs(): a run is missing");
        found_.expect(place(*second) <= place(*id), "runs(): the older run comes first");
    }
    co_await watched_to_the_end(*second);
    co_await logs_of(*id);
}

awaitable<void> ci_check::logs_of(ci::run_id id) {
    auto* const logs = server_.log_facet();
    if (logs == nullptr) co_return;
    auto const whole = co_await logs->read(id, "", most_lines);
    if (!found_.expect_done(whole, "logs: read()")) co_return;
    found_.expect(whole->complete, "logs: the log of a finished run never becomes complete");
    if (!found_.expect(whole->lines.size() >= 2, "logs: the subject's run should print two lines")) co_return;
    std::vector<std::string> by_one;
    std::string cursor;
    for (std::size_t i = 0; i <= whole->lines.size(); ++i) {
        auto const part = co_await logs->read(id, cursor, 1);
        if (!found_.expect_done(part, "logs: read() of one line")) co_return;
        auto const repeated = co_await logs->read(id, cursor, 1);
        found_.expect(repeated.has_value() && repeated->lines == part->lines, "logs: the same cursor gave other lines the second time");
        found_.expect(part->lines.size() <= 1, "logs: read() gave more lines than were asked for");
        by_one.insert(by_one.end(), part->lines.begin(), part->lines.end());
        cursor = part->next;
        if (part->complete) break;
    }
    found_.expect(by_one == whole->lines, "logs: read line by line, the log is another one");
    auto const last = co_await logs->tail(id, 1);
    if (found_.expect_done(last, "logs: tail()")) {
        found_.expect(last->lines.size() == 1 && last->lines.front() == whole->lines.back(), "logs: tail(1) is not the last line");
    }
    ci::run_id no_run("999999999");
    auto const missing = co_await logs->read(std::move(no_run), "", 1);
    found_.expect_refused(missing, error_kind::not_found, "logs: read() of a run that does not exist");
}

awaitable<void> ci_check::failing_run() {
    if (!subject_.fails) co_return;
    auto const id = co_await started(*subject_.fails, "fails");
    if (!id) co_return;
    auto const done = co_await watched_to_the_end(*id);
    if (!done) co_return;
    found_.expect(done->how == ci::outcome::failure, "get(): the run that should fail did not: " + done->raw);
    found_.expect(!done->detail.empty(), "get(): a failed run says nothing about why");
}

awaitable<void> ci_check::canceling() {
    auto* const control = server_.control_facet();
    if (control == nullptr || !subject_.slow) co_return;
    auto const id = co_await started(*subject_.slow, "slow");
    if (!id) co_return;
    auto const asked = co_await control->cancel(*id);
    found_.expect_done(asked, "control: cancel()");
    auto const again = co_await control->cancel(*id);
    bool const fine = again.has_value() || again.error().kind() == error_kind::conflict;
    found_.expect(fine, "control: a second cancel() is neither done nor a conflict");
    auto const done = co_await watched_to_the_end(*id);
    if (!done) co_return;
    found_.expect(done->how == ci::outcome::canceled, "get(): the canceled run ended otherwise: " + done->raw);
    auto const late = co_await control->cancel(*id);
    found_.expect_refused(late, error_kind::conflict, "control: cancel() of a finished run");
    ci::run_id no_run("999999999");
    auto const missing = co_await control->cancel(std::move(no_run));
    found_.expect_refused(missing, error_kind::not_found, "control: cancel() of a run that does not exist");
}

// What is there is switched, and switched back.
awaitable<void> ci_check::scheduling() {
    auto* const facet = server_.schedule_facet();
    if (facet == nullptr) co_return;
    auto const in = subject_.succeeds.job.project;
    auto const before = co_await facet->list(in);
    if (!found_.expect_done(before, "schedules: list()")) co_return;
    for (auto const& each : *before) {
        found_.expect(each.starts.project == in, "schedules: list() shows one of another project");
        found_.expect(!each.when.empty(), "schedules: list() does not say when " + each.id.str() + " starts anything");
        for (bool const to : {!each.active, !each.active, each.active}) {
            auto const done = co_await facet->set_active(each.id, to);
            found_.expect_done(done, "schedules: set_active()");
            auto const after = co_await facet->list(in);
            bool const is_so =
                after && std::ranges::any_of(*after, [&](ci::schedule const& s) { return s.id == each.id && s.active == to; });
            found_.expect(is_so, "schedules: list() does not show what set_active() did");
        }
    }
    auto no_schedule = ci::schedule_id("no-such-schedule");
    auto const missing = co_await facet->set_active(std::move(no_schedule), false);
    found_.expect_refused(missing, error_kind::not_found, "schedules: set_active() of one that does not exist");
}

}  // namespace chatrixcd::chatops::testing
