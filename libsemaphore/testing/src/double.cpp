// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/semaphore/testing/double.hpp>

#include <algorithm>
#include <boost/asio/this_coro.hpp>

#include <map>

#include <chatrixcd/base/http_connection_fault.hpp>
#include <chatrixcd/base/task_group.hpp>

#include "alerts.hpp"
#include "answers.hpp"
#include "double_state.hpp"
#include "program_run.hpp"

namespace chatrixcd::semaphore::testing {

using boost::asio::awaitable;

namespace {

// Programs to be run, and what alerts tell.
constexpr base::duration looked_for_every{50};

// "Empty", of each project and all its templates.
constexpr std::int64_t first_environment = 1;

response unknown_route() { return response(404, "Not Found\n", "text/plain; charset=utf-8"); }

}  // namespace

flavour flavour::v2_10_bolt() {
    auto made = v2_10_sql();
    made.ids_count_down = true;
    made.empty_lists_are_null = false;
    made.list_hides_survey = false;
    return made;
}

flavour flavour::v2_10_sql() {
    flavour made;
    made.version = "v2.10.32-0000000-0";
    made.spells_out_nulls = true;
    made.list_hides_survey = true;
    made.has_raw_output = false;
    made.has_stages = false;
    made.stopped_ends_as_error = true;
    made.creations_say_nothing = true;
    made.shows_tokens = true;
    made.queue_tick = std::chrono::seconds(5);
    return made;
}

flavour flavour::v2_16_sql() { return flavour(); }

flavour flavour::v2_19_sql() {
    flavour made;
    made.version = "2.19.0-0000000-0";
    made.unknown_task_is_400 = false;
    made.has_task_pages = true;
    return made;
}

void server::state::add_routes() {
    on(method::get, "/api/ping", &state::ping);
    on(method::get, "/api/info", &state::info);
    on(method::get, "/api/user", &state::whoami);
    on(method::get, "/api/user/tokens", &state::list_tokens);
    on(method::post, "/api/user/tokens", &state::make_token);
    on(method::delete_, "/api/user/tokens/{token}", &state::remove_token);
    on(method::get, "/api/projects", &state::list_projects);
    on(method::get, "/api/project/{project}", &state::one_project);
    on(method::get, "/api/project/{project}/templates", &state::list_templates);
    on(method::get, "/api/project/{project}/templates/{template}", &state::one_template);
    on(method::get, "/api/project/{project}/tasks", &state::list_tasks);
    on(method::post, "/api/project/{project}/tasks", &state::start_task);
    on(method::get, "/api/project/{project}/tasks/last", &state::last_tasks);
    on(method::get, "/api/project/{project}/tasks/{task}", &state::one_task);
    on(method::get, "/api/project/{project}/tasks/{task}/output", &state::output);
    on(method::post, "/api/project/{project}/tasks/{task}/stop", &state::stop_task);
    on(method::post, "/api/project/{project}/tasks/{task}/confirm", &state::confirm_task);
    on(method::get, "/api/project/{project}/schedules", &state::list_schedules);
    on(method::get, "/api/project/{project}/schedules/{schedule}", &state::one_schedule);
    on(method::post, "/api/project/{project}/schedules", &state::add_schedule);
    on(method::post, "/api/project/{project}/schedules/validate", &state::check_cron);
    on(method::put, "/api/project/{project}/schedules/{schedule}", &state::replace_schedule);
    on(method::delete_, "/api/project/{project}/schedules/{schedule}", &state::remove_schedule);
    on(method::put, "/api/project/{project}/schedules/{schedule}/active", &state::switch_schedule);
    add_resources();
    if (as.has_raw_output) on(method::get, "/api/project/{project}/tasks/{task}/raw_output", &state::raw_output);
    if (as.has_stages) {
        on(method::get, "/api/project/{project}/tasks/{task}/stages", &state::stages);
        on(method::post, "/api/project/{project}/tasks/{task}/reject", &state::reject_task);
    }
}

response server::state::list(json::array all) const {
    if (all.empty() && as.empty_lists_are_null) return answer(json::value());
    return answer(std::move(all));
}

bool server::state::shows(std::int64_t project) const {
    auto const found = projects.find(project);
    return found != projects.end() && found->second.is_member;
}

response server::state::no_task() const { return answer(as.unknown_task_is_400 ? 400U : 404U); }

server::server(base::clock& time, flavour as) : state_(std::make_unique<state>(*this, time, std::move(as))) {}
server::~server() = default;

project_id server::add_project(std::string name, bool is_member) {
    auto const id = static_cast<std::int64_t>(state_->projects.size()) + 1;
    state_->projects.emplace(id, project_of_double{id, std::move(name), is_member, resources_of_double(id)});
    if (!is_member) state_->live.hidden.insert(id);
    return project_id(id);
}

template_id server::add_template(project_id in, std::string name, script does, std::string survey) {
    auto const id = static_cast<std::int64_t>(state_->templates.size()) + 1;
    auto playbook = name + ".sh";
    auto& repositories = state_->projects.at(in.value()).has.repositories;
    if (repositories.rows().empty()) repositories.put(new_repository(in.value(), "scripts", "/srv/scripts"));
    state_->templates[id] = template_of_double{id, in, std::move(name), std::move(playbook), std::move(survey), std::move(does)};
    return template_id(id);
}

schedule_id server::add_schedule(project_id in, std::string name, template_id starts, std::string cron_format, bool active) {
    auto const id = ++state_->last_schedule;
    state_->schedules[id] = schedule_of_double{id, in, std::move(name), starts, std::move(cron_format), active};
    return schedule_id(id);
}

void server::set_environment(std::string json) {
    for (auto& [id, each] : state_->templates) each.has_environment = !json.empty();
    for (auto& [id, each] : state_->projects) each.has.environments.find(first_environment)->at("json") = json.empty() ? "{}" : json;
}
void server::edit_template(template_id which) { state_->templates.at(which.value()).playbook += ".new"; }
void server::rename_template(template_id which, std::string name) { state_->templates.at(which.value()).name = std::move(name); }
void server::lose_next_answer() { state_->loses_answer = true; }
void server::answer_next_start(response with, bool is_done) {
    state_->next_start = std::move(with);
    state_->start_is_done = is_done;
}
void server::deliver_next_start_after(base::duration late) { state_->start_is_late = late; }
void server::lose_next_stop(bool is_done) { state_->lost_stop = is_done; }
void server::fail_with(unsigned status) { state_->failing = status; }
void server::drop_next_request() { state_->drops_next = true; }
void server::delay_answers(base::duration by) { state_->delay = by; }
void server::restart() {
    for (auto const& each : state_->tasks) each->get_stuck();
    cut_live();
}
void server::move_below(std::string path) { state_->live.below = std::move(path); }
void server::set_token(std::string instead) { state_->accepted = std::move(instead); }
std::size_t server::requests() const noexcept { return state_->requests; }
void server::cut_live(bool and_refuse) {
    ++state_->live.cuts;
    state_->live.is_refusing = and_refuse;
}
void server::allow_live() { state_->live.is_refusing = false; }
std::size_t server::live_connections() const noexcept { return state_->live.open; }

awaitable<response> server::handle(base::http::request r) {
    auto const has_come = [now = state_->time.now()](auto const& late) { return late.first <= now; };
    auto& under_way = state_->under_way;
    for (auto late = std::ranges::find_if(under_way, has_come); late != under_way.end(); late = std::ranges::find_if(under_way, has_come)) {
        auto start = std::move(late->second);
        under_way.erase(late);
        co_await answer_to(std::move(start));
    }
    co_return co_await answer_to(std::move(r));
}

awaitable<response> server::answer_to(base::http::request r) {
    ++state_->requests;
    for (auto const& each : state_->tasks) each->advance(state_->time.now(), state_->as);
    if (state_->failing != 0) co_return answer(state_->failing);
    if (!r.path().starts_with(state_->live.below)) co_return unknown_route();
    r.url.erase(0, state_->live.below.size());
    bool const is_public = r.path() == "/api/ping";
    if (!is_public && !state_->is_accepted(r.headers.get("Authorization").value_or(std::string()))) co_return answer(401U);
    auto const found = state_->routes.find(r.verb, r.path());
    for (auto const& [name, value] : found.parameters) {
        if (name == "token") continue;
        auto const number = number_in(value);
        if (!number) co_return answer(400U);
        if (name == "project" && !state_->shows(*number)) co_return answer(404U);
    }
    auto otherwise = [](bool) { return unknown_route(); };
    co_return co_await state_->routes.route(std::move(r), otherwise);
}

awaitable<base::result<response>> server::deliver(base::http::request r) {
    auto& is = *state_;
    bool const is_start = r.verb == method::post && r.path().ends_with("/tasks");
    if (std::exchange(is.drops_next, false)) co_return base::error(base::error_kind::unavailable, "the request was dropped");
    if (auto const late = is_start ? std::exchange(is.start_is_late, std::nullopt) : std::nullopt) {
        is.under_way.emplace_back(is.time.now() + *late, std::move(r));
        co_return base::error(base::error_kind::timeout_unknown, "the request is not answered");
    }
    auto scripted = is_start ? std::exchange(is.next_start, std::nullopt) : std::nullopt;
    if (scripted && !is.start_is_done) co_return std::move(*scripted);
    bool const is_stop = r.verb == method::post && r.path().ends_with("/stop");
    auto const lost = is_stop ? std::exchange(is.lost_stop, std::nullopt) : std::nullopt;
    if (lost == false) co_return base::error(base::error_kind::timeout_unknown, "the request was lost");
    auto said = co_await handle(std::move(r));
    co_await is.time.sleep(is.delay);
    bool const is_lost = lost == true || (is_start && std::exchange(is.loses_answer, false));
    if (is_lost) co_return base::error(base::error_kind::timeout_unknown, "the answer was lost");
    if (scripted) co_return std::move(*scripted);
    co_return said;
}

// A network of one server without a socket.
class server::wire final : public base::http::transport {
public:
    explicit wire(server& to) : to_(to) {}

    awaitable<base::result<response>> send(base::http::request r) override {
        r.url = path_in(r.url);
        co_return co_await to_.deliver(std::move(r));
    }

private:
    server& to_;
};

std::unique_ptr<base::http::websocket_dialer> server::dialer() { return make_live_dialer(state_->live); }

base::http::handler& server::port_handler() { return state_->port; }

awaitable<response> server::state::port_front::handle(base::http::request r) {
    auto said = co_await of_.deliver(std::move(r));
    if (!said) throw base::http::connection_fault(base::http::connection_fault::way::reset);
    co_return std::move(*said);
}

base::http::websocket_handler& server::live_handler() { return state_->live_over_network; }

awaitable<void> server::send_alerts(base::http::transport& by, alert_addresses to) {
    std::map<std::int64_t, std::string> known;
    for (auto const& each : state_->tasks) known[each->id] = each->status;
    auto const post = [&by](std::string url, std::string body) -> awaitable<void> {
        if (url.empty()) co_return;
        (void)co_await by.send(base::http::request(method::post, std::move(url)).with_body(std::move(body)));
    };
    bool goes_on = true;
    while (goes_on) {
        // What is sent takes time, in which others may be added.
        for (std::size_t i = 0; i < state_->tasks.size(); ++i) {
            auto& task = *state_->tasks[i];
            task.advance(state_->time.now(), state_->as);
            if (std::exchange(known[task.id], task.status) == task.status || !is_alerting(task.status)) continue;
            auto const& job = state_->templates.at(task.job.value());
            co_await post(to.slack, slack_alert(task, job, to.web_host));
            co_await post(to.rocketchat, rocketchat_alert(task, job, to.web_host));
            auto gotify = to.gotify.empty() ? std::string() : to.gotify + "/message?token=" + to.gotify_token;
            co_await post(std::move(gotify), gotify_alert(task, job, to.web_host));
        }
        goes_on = co_await state_->time.wait(looked_for_every);
    }
    co_await boost::asio::this_coro::throw_if_cancelled(false);
}

awaitable<void> server::run_programs(program_environment variables) {
    // A failure of a program is its task's matter.
    base::task_group programs(co_await boost::asio::this_coro::executor, [](std::exception_ptr) {});
    bool goes_on = true;
    while (goes_on) {
        for (auto const& each : state_->tasks) {
            each->advance(state_->time.now(), state_->as);
            if (each->takes_program_up()) programs.spawn(run_program(*each, state_->time, state_->as, variables));
        }
        goes_on = co_await state_->time.wait(looked_for_every);
    }
    co_await boost::asio::this_coro::throw_if_cancelled(false);
    programs.cancel();
    co_await programs.join();
}

std::unique_ptr<base::http::transport> server::transport() { return std::make_unique<wire>(*this); }

}  // namespace chatrixcd::semaphore::testing
