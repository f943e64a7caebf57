// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/chatops/adapters/semaphore.hpp>
#include <chatrixcd/semaphore/capabilities.hpp>

#include <algorithm>
#include <utility>

#include "catalog.hpp"
#include "facets.hpp"
#include "planning.hpp"
#include "schedules.hpp"
#include "tasks.hpp"
#include "values.hpp"

namespace chatrixcd::chatops {

namespace asio = boost::asio;
using base::error;
using base::error_kind;

namespace semaphore_ci {

namespace {

// A task that came this long before a start was sent, by the server's clock, may still be younger than the start by ours.
constexpr base::duration clocks_differ = std::chrono::minutes(10);
constexpr std::size_t short_list = 200;
constexpr std::size_t long_list = 1000;

std::optional<error> check_limit(ci::page_request const& which) {
    if (which.limit >= 1 && which.limit <= 1000) return std::nullopt;
    return error(error_kind::invalid, "a page cannot have " + std::to_string(which.limit) + " entries").with_hint("1–1000");
}

// A page of a list in memory: the cursor is the index of the next element.
template <class T>
ci::result<ci::page<T>> page_of(std::vector<T> all, ci::page_request const& which) {
    if (auto wrong = check_limit(which)) return std::move(*wrong);
    auto const first = which.cursor.empty() ? std::optional<std::int64_t>(0) : to_number(which.cursor);
    if (!first) return error(error_kind::invalid, "not a cursor of this server").with_hint("begin with an empty one");
    ci::page<T> page;
    auto index = static_cast<std::size_t>(*first);
    for (; index < all.size() && page.items.size() < which.limit; ++index) page.items.push_back(std::move(all[index]));
    if (index < all.size()) page.next = std::to_string(index);
    return page;
}

// A task that may have been made although nobody can read the answer.
error as_start_error(error const& why) {
    bool const may_have_started = why.kind() == error_kind::protocol || (why.kind() == error_kind::too_large && why.http_status() == 0);
    if (!may_have_started) return why;
    return error(error_kind::timeout_unknown, why.message()).with_status(why.http_status()).with_hint(why.hint());
}

// Nothing was sent yet that could start anything.
error before_start(error const& why) {
    if (why.kind() != error_kind::timeout_unknown) return why;
    return error(error_kind::unavailable, why.message()).with_status(why.http_status()).with_hint(why.hint());
}

// A list that is not full is all there is. It shows the newest first, and ours is the oldest: whoever runs a task again at the server
// copies its message.
ci::found look_for(ci::run_key const& key, ci::time_point since, std::vector<semaphore::task> const& list, std::size_t full) {
    auto const has_key = [&](semaphore::task const& t) { return key_in(t.message) == key.str(); };
    auto const hit = std::find_if(list.rbegin(), list.rend(), has_key);
    if (hit != list.rend()) return ci::found_run{to_run_id(task_name{hit->project, hit->id})};
    auto const reaches_back = [&](semaphore::task const& t) { return t.created && *t.created < since - clocks_differ; };
    if (list.size() < full || std::any_of(list.begin(), list.end(), reaches_back)) return ci::absent();
    return ci::unknown();
}

class adapter final : public semaphore_ci_server {
public:
    adapter(semaphore::client& to, base::clock& time, semaphore_ci_options how)
        : server_(to),
          how_(std::move(how)),
          catalog_(to, time, how_),
          tasks_(to, time, catalog_),
          feed_(to, time, how_.news),
          logs_(to, tasks_, time, how_),
          control_(to, tasks_),
          gates_(to, tasks_),
          schedules_(to, catalog_),
          events_(feed_, [this](semaphore::task what) { return to_run(std::move(what)); }) {}

    asio::awaitable<ci::result<ci::server_info>> info() override;
    asio::awaitable<ci::result<std::vector<std::string>>> remarks() override;
    asio::awaitable<ci::result<ci::page<ci::project>>> projects(ci::page_request which) override;
    asio::awaitable<ci::result<ci::page<ci::job>>> jobs(ci::project_id in, ci::job_query matching, ci::page_request which) override;
    asio::awaitable<ci::result<ci::job>> job_details(ci::job_id id) override;
    asio::awaitable<ci::result<ci::plan>> prepare(ci::run_request wanted) override;
    asio::awaitable<ci::result<ci::started>> start(ci::plan exactly, ci::run_key key) override;
    asio::awaitable<ci::result<ci::started>> resolve(ci::ticket waiting) override;
    asio::awaitable<ci::result<ci::found>> find(ci::project_id in, ci::run_key key, ci::time_point since) override;
    asio::awaitable<ci::result<ci::run>> get(ci::run_id id) override;
    asio::awaitable<ci::result<ci::page<ci::run>>> runs(ci::run_query matching, ci::page_request which) override;

    asio::awaitable<void> listen(base::http::websocket_dialer& by, base::random& dice) override { return feed_.listen(by, dice, how_.log); }
    void hint(semaphore::project_id in) override { feed_.hint(in); }

    ci::logs* log_facet() noexcept override { return &logs_; }
    ci::control* control_facet() noexcept override { return &control_; }
    ci::gates* gate_facet() noexcept override { return &gates_; }
    ci::schedules* schedule_facet() noexcept override { return &schedules_; }
    ci::events* event_facet() noexcept override { return &events_; }

private:
    asio::awaitable<ci::result<semaphore::project_id>> allowed(ci::project_id id);
    asio::awaitable<ci::run> to_run(semaphore::task what);
    void follow(semaphore::task const& what);

    semaphore::client& server_;
    semaphore_ci_options how_;
    catalog catalog_;
    tasks tasks_;
    semaphore::task_feed feed_;
    run_logs logs_;
    run_control control_;
    run_gates gates_;
    project_schedules schedules_;
    run_events events_;
};

asio::awaitable<ci::result<ci::server_info>> adapter::info() {
    auto const said = co_await server_.info();
    if (!said) co_return said.error();
    ci::server_info info;
    info.kind = "semaphore";
    info.version = said->version;
    info.url = server_.url();
    co_return info;
}

asio::awaitable<ci::result<std::vector<std::string>>> adapter::remarks() {
    std::vector<std::string> words;
    words.emplace_back(feed_.is_listening() ? "tells its news by itself" : "is asked for its news");
    auto const all = co_await catalog_.projects();
    if (!all || all->empty()) co_return words;
    auto const can = co_await semaphore::find_capabilities(server_, all->front().id);
    if (can && !can->reject) words.emplace_back("cannot reject: what waits is stopped instead");
    co_return words;
}

asio::awaitable<ci::result<ci::page<ci::project>>> adapter::projects(ci::page_request which) {
    auto const all = co_await catalog_.projects();
    if (!all) co_return all.error();
    std::vector<ci::project> list;
    for (auto const& each : *all) list.push_back(to_port(each));
    co_return page_of(std::move(list), which);
}

asio::awaitable<ci::result<semaphore::project_id>> adapter::allowed(ci::project_id id) {
    auto const number = to_project(id);
    if (!number) co_return number.error();
    auto const checked = co_await catalog_.check_allowed(*number);
    if (!checked) co_return checked.error();
    co_return *number;
}

asio::awaitable<ci::result<ci::page<ci::job>>> adapter::jobs(ci::project_id in, ci::job_query matching, ci::page_request which) {
    auto const project = to_project(in);
    if (!project) co_return project.error();
    auto const all = co_await catalog_.templates(*project);
    if (!all) co_return all.error();
    std::vector<ci::job> list;
    for (auto const& each : *all) {
        if (each.name.find(matching.text) != std::string::npos) list.push_back(to_port(*project, each));
    }
    co_return page_of(std::move(list), which);
}

asio::awaitable<ci::result<ci::job>> adapter::job_details(ci::job_id id) {
    auto const project = co_await allowed(id.project);
    if (!project) co_return project.error();
    auto const which = to_template(id);
    if (!which) co_return which.error();
    auto const found = co_await server_.find_template(*project, *which);
    if (!found) co_return found.error();
    catalog_.note_name(*project, *which, found->name);
    co_return with_options(to_port(*project, *found), *found);
}

asio::awaitable<ci::result<ci::plan>> adapter::prepare(ci::run_request wanted) {
    auto const project = co_await allowed(wanted.job.project);
    if (!project) co_return project.error();
    co_return co_await make_plan(server_, std::move(wanted));
}

asio::awaitable<ci::result<ci::started>> adapter::start(ci::plan exactly, ci::run_key key) {
    auto const project = co_await allowed(exactly.job.project);
    if (!project) co_return before_start(project.error());
    auto const which = to_template(exactly.job);
    if (!which) co_return which.error();
    auto const now = co_await server_.find_template(*project, *which);
    if (!now) co_return before_start(now.error());
    catalog_.note_name(*project, *which, now->name);
    if (semaphore::fingerprint(*now) != exactly.fingerprint) {
        co_return error(error_kind::conflict, "the template \"" + now->name + "\" has changed since the run was planned")
            .with_hint("look at it and run it again");
    }
    auto const task = co_await server_.start(*project, task_of(exactly, *now, key));
    if (!task) co_return as_start_error(task.error());
    auto const name = task_name{*project, task->id};
    feed_.follow(name.project, name.task);
    ci::started started = to_run_id(name);
    co_return started;
}

asio::awaitable<ci::result<ci::started>> adapter::resolve(ci::ticket) {
    co_return error(error_kind::unsupported, "this server gives no tickets: every start names its run");
}

asio::awaitable<ci::result<ci::found>> adapter::find(ci::project_id in, ci::run_key key, ci::time_point since) {
    auto const project = co_await allowed(in);
    if (!project) co_return project.error();
    auto const newest = co_await server_.last_tasks(*project);
    if (!newest) co_return newest.error();
    auto answer = look_for(key, since, *newest, short_list);
    if (!std::holds_alternative<ci::unknown>(answer)) co_return answer;
    auto const more = co_await server_.tasks(*project);
    if (!more) co_return more.error();
    co_return look_for(key, since, *more, long_list);
}

asio::awaitable<ci::run> adapter::to_run(semaphore::task what) {
    auto const name = task_name{what.project, what.id};
    auto url = server_.task_url(what.project, what.of, what.id);
    auto run = to_port(what, std::move(url), tasks_.done_to(name));
    if (run.job_name.empty()) {
        run.job_name = co_await catalog_.name_of(what.project, what.of);
    } else {
        catalog_.note_name(what.project, what.of, run.job_name);
    }
    co_return run;
}

void adapter::follow(semaphore::task const& what) {
    if (!what.is_finished() && !key_in(what.message).empty()) feed_.follow(what.project, what.id);
}

asio::awaitable<ci::result<ci::run>> adapter::get(ci::run_id id) {
    auto const of = co_await tasks_.named(std::move(id));
    if (!of) co_return of.error();
    auto task = co_await tasks_.find(*of);
    if (!task) co_return task.error();
    follow(*task);
    co_return co_await to_run(std::move(*task));
}

asio::awaitable<ci::result<ci::page<ci::run>>> adapter::runs(ci::run_query matching, ci::page_request which) {
    auto const all = co_await catalog_.projects();
    if (!all) co_return all.error();
    std::vector<semaphore::task> tasks;
    for (auto const& project : *all) {
        if (matching.project && matching.project->str() != project.id.str()) continue;
        auto list = co_await server_.tasks(project.id);
        if (!list) co_return list.error();
        for (auto& each : *list) {
            if (!matching.since || (each.created && *each.created >= *matching.since)) tasks.push_back(std::move(each));
        }
    }
    // Each list is in its order already, which knows better than the times: the newest first.
    auto const is_newer = [](semaphore::task const& a, semaphore::task const& b) { return a.created > b.created; };
    if (!matching.project) std::stable_sort(tasks.begin(), tasks.end(), is_newer);
    std::vector<ci::run> list;
    for (auto& each : tasks) list.push_back(co_await to_run(std::move(each)));
    co_return page_of(std::move(list), which);
}

}  // namespace

}  // namespace semaphore_ci

std::unique_ptr<semaphore_ci_server> make_semaphore_ci(semaphore::client& server, base::clock& time, semaphore_ci_options how) {
    return std::make_unique<semaphore_ci::adapter>(server, time, std::move(how));
}

}  // namespace chatrixcd::chatops
