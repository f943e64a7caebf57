// SPDX-License-Identifier: Apache-2.0
// What needs no run to be watched: the catalogue, planning, keys.
#include "ci_check.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace chatrixcd::chatops::testing {

using base::error_kind;
using boost::asio::awaitable;

namespace {

constexpr std::size_t most_pages = 10000;  // a server whose pages never end would hang the check

// Every item of a list read in pages of `size`. `fetch` is called and awaited here, so it may capture references.
template <class T, class Fetch>
awaitable<std::vector<T>> paged(findings& found, Fetch& fetch, std::size_t size, std::string what) {
    std::vector<T> out;
    ci::page_request which;
    which.limit = size;
    for (std::size_t pages = 0; pages < most_pages; ++pages) {
        auto part = co_await fetch(which);
        if (!found.expect_done(part, what)) co_return out;
        found.expect(part->items.size() <= size, what + ": a page holds more items than were asked for");
        for (auto& item : part->items) out.push_back(std::move(item));
        if (part->next.empty()) co_return out;
        which.cursor = part->next;
    }
    found.expect(false, what + ": the pages never end");
    co_return out;
}

}  // namespace

awaitable<std::vector<std::string>> check_ci_server(ci::server& server, ci_subject subject) {
    ci_check check(server, std::move(subject));
    co_return co_await check.all();
}

awaitable<std::vector<std::string>> ci_check::all() {
    begun_ = subject_.time->now();
    co_await catalog();
    co_await planning();
    co_await one_run();
    co_await keys();
    co_await lost_answer();
    co_await failing_run();
    co_await canceling();
    co_await scheduling();
    co_return std::move(found_).take();
}

// Keys of one check differ from those of another on the same server.
ci::run_key ci_check::key_of(std::string const& word) const {
    return ci::run_key("check-" + std::to_string(begun_.time_since_epoch().count()) + "-" + word);
}

awaitable<void> ci_check::catalog() {
    auto const info = co_await server_.info();
    if (found_.expect_done(info, "info()")) {
        found_.expect(!info->kind.empty(), "info(): the kind is empty");
        native_keys_ = info->keyed_start_native;
    }
    auto projects_of = [&](ci::page_request which) { return server_.projects(std::move(which)); };
    auto const whole = co_await paged<ci::project>(found_, projects_of, 1000, "projects()");
    auto const by_one = co_await paged<ci::project>(found_, projects_of, 1, "projects(), one a page");
    found_.expect(whole == by_one, "projects(): pages of one hold other projects than one page of all");
    auto const& wanted = subject_.succeeds.job;
    bool const listed = std::any_of(whole.begin(), whole.end(), [&](ci::project const& p) { return p.id == wanted.project; });
    found_.expect(listed, "projects(): the project " + wanted.project.str() + " is missing");

    auto jobs_of = [&](ci::page_request which) { return server_.jobs(wanted.project, ci::job_query(), std::move(which)); };
    auto const jobs = co_await paged<ci::job>(found_, jobs_of, 1000, "jobs()");
    auto const jobs_by_one = co_await paged<ci::job>(found_, jobs_of, 1, "jobs(), one a page");
    auto const same_id = [](ci::job const& a, ci::job const& b) { return a.id == b.id; };
    found_.expect(std::equal(jobs.begin(), jobs.end(), jobs_by_one.begin(), jobs_by_one.end(), same_id),
                  "jobs(): pages of one hold other jobs than one page of all");
    auto const job = std::find_if(jobs.begin(), jobs.end(), [&](ci::job const& j) { return j.id == wanted; });
    if (found_.expect(job != jobs.end(), "jobs(): the job " + wanted.name + " is missing")) {
        ci::job_query by_name;
        by_name.text = job->name;
        ci::page_request first;
        auto const matching = co_await server_.jobs(wanted.project, std::move(by_name), std::move(first));
        if (found_.expect_done(matching, "jobs() by name")) {
            found_.expect(std::any_of(matching->items.begin(), matching->items.end(), [&](ci::job const& j) { return j.id == wanted; }),
                          "jobs(): asked for the job's own name, the list lacks it");
        }
    }
    auto const details = co_await server_.job_details(wanted);
    if (found_.expect_done(details, "job_details()")) found_.expect(details->id == wanted, "job_details(): it is another job");
    ci::job_id none(wanted.project, "no-such-job-for-certain");
    auto const missing = co_await server_.job_details(std::move(none));
    found_.expect_refused(missing, error_kind::not_found, "job_details() of a job that does not exist");
    ci::run_id no_run("999999999");
    auto const missing_run = co_await server_.get(std::move(no_run));
    found_.expect_refused(missing_run, error_kind::not_found, "get() of a run that does not exist");
}

awaitable<void> ci_check::planning() {
    auto const before = co_await count_runs();
    auto const plan = co_await server_.prepare(subject_.succeeds);
    auto const again = co_await server_.prepare(subject_.succeeds);
    if (found_.expect_done(plan, "prepare()") && found_.expect_done(again, "prepare(), again")) {
        found_.expect(plan->job == subject_.succeeds.job, "prepare(): the plan is for another job");
        found_.expect(!plan->job_name.empty(), "prepare(): the plan has no job name");
        found_.expect(!plan->fingerprint.empty(), "prepare(): the plan has no fingerprint");
        found_.expect(*plan == *again, "prepare(): two plans of the same request differ");
        for (auto const& given : subject_.succeeds.parameters) {
            bool const kept = std::find(plan->effective.begin(), plan->effective.end(), given) != plan->effective.end();
            bool const told = std::find(plan->ignored.begin(), plan->ignored.end(), given.first) != plan->ignored.end();
            found_.expect(kept || told, "prepare(): the parameter " + given.first + " is neither effective nor ignored");
        }
    }
    ci::run_request odd = subject_.succeeds;
    odd.parameters.emplace_back("no_such_parameter_for_certain", "1");
    auto const refused = co_await server_.prepare(odd);
    if (refused.has_value()) {
        bool const told =
            std::find(refused->ignored.begin(), refused->ignored.end(), "no_such_parameter_for_certain") != refused->ignored.end();
        found_.expect(told, "prepare(): a parameter that the job does not have is neither refused nor named as ignored");
    } else {
        found_.expect_refused(refused, error_kind::invalid, "prepare() with a parameter that the job does not have");
        found_.expect(refused.error().message().find("no_such_parameter_for_certain") != std::string::npos,
                      "prepare(): the refusal does not name the parameter");
    }
    auto const after = co_await count_runs();
    found_.expect(before == after, "prepare() started something");
}

awaitable<void> ci_check::keys() {
    auto const& project = subject_.succeeds.job.project;
    auto const never = co_await server_.find(project, key_of("never"), begun_);
    if (found_.expect_done(never, "find() of a key that was never used")) {
        found_.expect(!std::holds_alternative<ci::found_run>(*never), "find(): found a run for a key that was never used");
    }
    if (!native_keys_) co_return;
    auto const first = co_await started(subject_.succeeds, "native");
    if (!first) co_return;
    auto const before = co_await count_runs();
    auto const plan = co_await server_.prepare(subject_.succeeds);
    if (!found_.expect_done(plan, "prepare()")) co_return;
    auto const second = co_await server_.start(*plan, key_of("native"));
    if (second.has_value()) {
        auto const* const id = std::get_if<ci::run_id>(&*second);
        found_.expect(id != nullptr && *id == *first, "start(): the server says that keys are native, but a second start is another run");
    } else {
        found_.expect_refused(second, error_kind::conflict, "start() with a key that was used before");
    }
    auto const after = co_await count_runs();
    found_.expect(before == after, "start(): a second start with the same key made a second run");
    co_await watched_to_the_end(*first);
}

awaitable<void> ci_check::lost_answer() {
    if (!subject_.lose_next_answer) co_return;
    auto const plan = co_await server_.prepare(subject_.succeeds);
    if (!found_.expect_done(plan, "prepare()")) co_return;
    subject_.lose_next_answer();
    auto const since = subject_.time->now();
    auto const lost = co_await server_.start(*plan, key_of("lost"));
    found_.expect_refused(lost, error_kind::timeout_unknown, "start() whose answer is lost");
    auto const there = co_await server_.find(subject_.succeeds.job.project, key_of("lost"), since);
    if (found_.expect_done(there, "find() after a lost answer")) {
        found_.expect(!std::holds_alternative<ci::absent>(*there), "find(): says absent, but the run was started");
    }
}

awaitable<std::size_t> ci_check::count_runs() {
    auto runs_of = [&](ci::page_request which) { return server_.runs(ci::run_query(), std::move(which)); };
    auto const all = co_await paged<ci::run>(found_, runs_of, 100, "runs()");
    co_return all.size();
}

}  // namespace chatrixcd::chatops::testing
