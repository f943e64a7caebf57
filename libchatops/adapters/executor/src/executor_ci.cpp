// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/chatops/adapters/executor.hpp>

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>

#include "facets.hpp"
#include "values.hpp"

namespace chatrixcd::chatops {

namespace asio = boost::asio;
using base::error;
using base::error_kind;

namespace executor_ci {

namespace {

std::optional<error> check_limit(ci::page_request const& which) {
    if (which.limit >= 1 && which.limit <= 1000) return std::nullopt;
    return error(error_kind::invalid, "a page cannot have " + std::to_string(which.limit) + " entries").with_hint("1–1000");
}

error bad_cursor() { return error(error_kind::invalid, "not a cursor of this server").with_hint("begin with an empty one"); }

error no_project(ci::project_id const& id) { return error(error_kind::not_found, "there is no project \"" + id.str() + "\""); }

// A page of a list in memory: the cursor is the index of the next element.
template <class Port, class Element>
ci::result<ci::page<Port>> page_of(std::vector<Element> const& all, ci::page_request const& which,
                                   std::function<std::optional<Port>(Element const&)> const& convert) {
    if (auto wrong = check_limit(which)) return std::move(*wrong);
    auto const first = which.cursor.empty() ? std::optional<std::int64_t>(0) : to_number(which.cursor);
    if (!first) return bad_cursor();
    ci::page<Port> page;
    auto index = static_cast<std::size_t>(*first);
    for (; index < all.size() && page.items.size() < which.limit; ++index) {
        if (auto item = convert(all[index])) page.items.push_back(std::move(*item));
    }
    if (index < all.size()) page.next = std::to_string(index);
    return page;
}

class adapter final : public ci::server {
public:
    explicit adapter(executor::server& jobs) : jobs_(jobs), logs_(jobs), control_(jobs), events_(jobs) {}

    asio::awaitable<ci::result<ci::server_info>> info() override;
    asio::awaitable<ci::result<ci::page<ci::project>>> projects(ci::page_request which) override;
    asio::awaitable<ci::result<ci::page<ci::job>>> jobs(ci::project_id in, ci::job_query matching, ci::page_request which) override;
    asio::awaitable<ci::result<ci::job>> job_details(ci::job_id id) override;
    asio::awaitable<ci::result<ci::plan>> prepare(ci::run_request wanted) override;
    asio::awaitable<ci::result<ci::started>> start(ci::plan exactly, ci::run_key key) override;
    asio::awaitable<ci::result<ci::started>> resolve(ci::ticket waiting) override;
    asio::awaitable<ci::result<ci::found>> find(ci::project_id in, ci::run_key key, ci::time_point since) override;
    asio::awaitable<ci::result<ci::run>> get(ci::run_id id) override;
    asio::awaitable<ci::result<ci::page<ci::run>>> runs(ci::run_query matching, ci::page_request which) override;

    ci::logs* log_facet() noexcept override { return &logs_; }
    ci::control* control_facet() noexcept override { return &control_; }
    ci::events* event_facet() noexcept override { return &events_; }

private:
    ci::result<executor::job const*> job_of(ci::job_id const& id) const;
    ci::result<ci::plan> plan_of(ci::run_request const& wanted) const;

    executor::server& jobs_;
    run_logs logs_;
    run_control control_;
    run_events events_;
};

asio::awaitable<ci::result<ci::server_info>> adapter::info() {
    ci::server_info info;
    info.kind = "executor";
    info.version = CHATRIXCD_VERSION;
    info.keyed_start_native = true;
    co_return info;
}

asio::awaitable<ci::result<ci::page<ci::project>>> adapter::projects(ci::page_request which) {
    std::function<std::optional<ci::project>(executor::project const&)> const convert = [](auto const& each) { return to_port(each); };
    co_return page_of<ci::project>(jobs_.projects(), which, convert);
}

asio::awaitable<ci::result<ci::page<ci::job>>> adapter::jobs(ci::project_id in, ci::job_query matching, ci::page_request which) {
    auto const* const project = jobs_.find_project(in.str());
    if (!project) co_return no_project(in);
    std::function<std::optional<ci::job>(executor::job const&)> const convert = [&](auto const& each) -> std::optional<ci::job> {
        if (each.name.find(matching.text) == std::string::npos) return std::nullopt;
        return to_port(*project, each);
    };
    co_return page_of<ci::job>(project->jobs, which, convert);
}

ci::result<executor::job const*> adapter::job_of(ci::job_id const& id) const {
    if (!jobs_.find_project(id.project.str())) return no_project(id.project);
    if (auto const* const job = jobs_.find_job(id.project.str(), id.name)) return job;
    return error(error_kind::not_found, "project \"" + id.project.str() + "\" has no job \"" + id.name + "\"");
}

asio::awaitable<ci::result<ci::job>> adapter::job_details(ci::job_id id) {
    auto const job = job_of(id);
    if (!job) co_return job.error();
    co_return to_port(*jobs_.find_project(id.project.str()), **job);
}

ci::result<ci::plan> adapter::plan_of(ci::run_request const& wanted) const {
    auto const job = job_of(wanted.job);
    if (!job) return job.error();
    auto bound = executor::bind(**job, wanted.parameters);
    if (!bound) return bound.error();
    // What start() would refuse is refused here already.
    if (auto const expanded = executor::expand(**job, *bound); !expanded) return expanded.error();
    ci::plan plan;
    plan.job = wanted.job;
    plan.job_name = (*job)->name;
    plan.effective = std::move(*bound);
    plan.fingerprint = executor::fingerprint(**job);
    return plan;
}

asio::awaitable<ci::result<ci::plan>> adapter::prepare(ci::run_request wanted) { co_return plan_of(wanted); }

asio::awaitable<ci::result<ci::started>> adapter::start(ci::plan exactly, ci::run_key key) {
    executor::start_request wanted(exactly.job.project.str(), exactly.job.name, std::move(exactly.effective), key.str());
    wanted.fingerprint = std::move(exactly.fingerprint);
    auto const id = co_await jobs_.start(std::move(wanted));
    if (!id) co_return id.error();
    ci::started started = ci::run_id(std::to_string(*id));
    co_return started;
}

asio::awaitable<ci::result<ci::started>> adapter::resolve(ci::ticket) {
    co_return error(error_kind::unsupported, "this server gives no tickets: every start names its run");
}

// The key is found however old the run is, so the time does not matter: what is not found was never started.
asio::awaitable<ci::result<ci::found>> adapter::find(ci::project_id in, ci::run_key key, ci::time_point) {
    ci::found answer = ci::absent();
    auto const id = co_await jobs_.find(key.str());
    if (!id) co_return id.error();
    if (!*id) co_return answer;
    auto const run = co_await jobs_.get(**id);
    if (!run) co_return run.error();
    if (run->project == in.str()) answer = ci::found_run{ci::run_id(std::to_string(**id))};
    co_return answer;
}

asio::awaitable<ci::result<ci::run>> adapter::get(ci::run_id id) {
    auto const number = to_run_id(id);
    if (!number) co_return number.error();
    auto const run = co_await jobs_.get(*number);
    if (!run) co_return run.error();
    co_return to_port(*run);
}

// The cursor is the id before which the next page begins.
asio::awaitable<ci::result<ci::page<ci::run>>> adapter::runs(ci::run_query matching, ci::page_request which) {
    if (auto wrong = check_limit(which)) co_return std::move(*wrong);
    executor::run_filter filter;
    filter.limit = which.limit;
    filter.since = matching.since;
    if (matching.project) filter.project = matching.project->str();
    if (!which.cursor.empty()) {
        filter.before = to_number(which.cursor);
        if (!filter.before) co_return bad_cursor();
    }
    auto const list = co_await jobs_.runs(filter);
    if (!list) co_return list.error();
    ci::page<ci::run> page;
    for (auto const& each : *list) page.items.push_back(to_port(each));
    if (list->size() == which.limit && list->back().id > 1) page.next = std::to_string(list->back().id);
    co_return page;
}

}  // namespace

}  // namespace executor_ci

std::unique_ptr<ci::server> make_executor_ci(executor::server& jobs) { return std::make_unique<executor_ci::adapter>(jobs); }

}  // namespace chatrixcd::chatops
