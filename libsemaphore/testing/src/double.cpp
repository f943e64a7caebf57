// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/semaphore/testing/double.hpp>

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <map>

#include <chatrixcd/base/http_bodies.hpp>
#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/base/router.hpp>
#include <chatrixcd/base/secret.hpp>
#include <chatrixcd/base/task_group.hpp>

#include "live_network.hpp"
#include "live_wire.hpp"
#include "program_run.hpp"
#include "shapes.hpp"
#include "simulated_task.hpp"

namespace chatrixcd::semaphore::testing {

namespace json = boost::json;
using base::http::method;
using base::http::response;
using base::http::routed_request;
using boost::asio::awaitable;

namespace {

constexpr std::int64_t highest_id = 2147483647;
constexpr base::duration programs_looked_for_every{50};

response answer(unsigned status) { return response(status, std::string(), "application/json"); }
response answer(json::value const& what, unsigned status = 200) { return response(status, body_text(what)); }
response unknown_route() { return response(404, "Not Found\n", "text/plain; charset=utf-8"); }

std::optional<std::int64_t> number_in(std::string_view text) {
    std::int64_t number = 0;
    auto const [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (wrong != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

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
    made.queue_tick = std::chrono::seconds(5);
    return made;
}

flavour flavour::v2_16_sql() { return flavour(); }

flavour flavour::v2_19_sql() {
    flavour made;
    made.version = "2.19.0-0000000-0";
    made.unknown_task_is_400 = false;
    return made;
}

struct server::state {
    state(base::clock& its_time, flavour its_kind) : time(its_time), as(std::move(its_kind)) { add_routes(); }

    void add_routes();
    void on(method m, std::string const& path, response (state::*does)(routed_request const&)) {
        routes.add(m, path, [this, does](routed_request r) -> awaitable<response> { co_return (this->*does)(r); });
    }

    response ping(routed_request const&) { return response(200, "pong", "text/plain; charset=utf-8"); }
    response info(routed_request const&) { return answer(json::object{{"ansible", ""}, {"version", as.version}, {"web_host", ""}}); }
    response whoami(routed_request const&) {
        return answer(json::object{{"id", 1}, {"username", "bot"}, {"name", "Bot"}, {"email", "bot@example.org"}, {"admin", false}});
    }
    response list_projects(routed_request const&);
    response one_project(routed_request const& r);
    response list_templates(routed_request const& r);
    response one_template(routed_request const& r);
    response list_environments(routed_request const& r);
    response list_tasks(routed_request const& r);
    response start_task(routed_request const& r);
    response one_task(routed_request const& r);
    response output(routed_request const& r);
    response raw_output(routed_request const& r);
    response stages(routed_request const& r);
    response stop_task(routed_request const& r);
    response confirm_task(routed_request const& r);
    response reject_task(routed_request const& r);
    response list_schedules(routed_request const& r);
    response one_schedule(routed_request const& r);
    response switch_schedule(routed_request const& r);

    response list(json::array all) const {
        if (all.empty() && as.empty_lists_are_null) return answer(json::value());
        return answer(std::move(all));
    }
    template_of_double* template_in(routed_request const& r);
    simulated_task* task_in(routed_request const& r);
    schedule_of_double* schedule_in(routed_request const& r);
    response no_task() const { return answer(as.unknown_task_is_400 ? 400U : 404U); }

    base::clock& time;
    flavour as;
    base::http::router routes;
    std::map<std::int64_t, project_of_double> projects;
    std::map<std::int64_t, template_of_double> templates;
    std::map<std::int64_t, schedule_of_double> schedules;
    std::vector<std::unique_ptr<simulated_task>> tasks;  // oldest first
    std::string accepted = token;
    live_desk live{time, as, tasks, accepted};
    live_network live_over_network{live};
    bool loses_answer = false;
    std::string environment = "{}";
    std::optional<response> next_start;
    bool start_is_done = true;
    std::optional<bool> lost_stop;  // whether it is done
    bool drops_next = false;
    base::duration delay{};
    unsigned failing = 0;
    std::size_t requests = 0;
};

void server::state::add_routes() {
    on(method::get, "/api/ping", &state::ping);
    on(method::get, "/api/info", &state::info);
    on(method::get, "/api/user", &state::whoami);
    on(method::get, "/api/projects", &state::list_projects);
    on(method::get, "/api/project/{project}", &state::one_project);
    on(method::get, "/api/project/{project}/templates", &state::list_templates);
    on(method::get, "/api/project/{project}/templates/{template}", &state::one_template);
    on(method::get, "/api/project/{project}/environment", &state::list_environments);
    on(method::get, "/api/project/{project}/tasks", &state::list_tasks);
    on(method::post, "/api/project/{project}/tasks", &state::start_task);
    on(method::get, "/api/project/{project}/tasks/last", &state::list_tasks);
    on(method::get, "/api/project/{project}/tasks/{task}", &state::one_task);
    on(method::get, "/api/project/{project}/tasks/{task}/output", &state::output);
    on(method::post, "/api/project/{project}/tasks/{task}/stop", &state::stop_task);
    on(method::post, "/api/project/{project}/tasks/{task}/confirm", &state::confirm_task);
    on(method::get, "/api/project/{project}/schedules", &state::list_schedules);
    on(method::get, "/api/project/{project}/schedules/{schedule}", &state::one_schedule);
    on(method::put, "/api/project/{project}/schedules/{schedule}/active", &state::switch_schedule);
    if (as.has_raw_output) on(method::get, "/api/project/{project}/tasks/{task}/raw_output", &state::raw_output);
    if (as.has_stages) {
        on(method::get, "/api/project/{project}/tasks/{task}/stages", &state::stages);
        on(method::post, "/api/project/{project}/tasks/{task}/reject", &state::reject_task);
    }
}

response server::state::list_projects(routed_request const&) {
    json::array all;
    for (auto const& [id, each] : projects) all.push_back(shape_of(each, as));
    return list(std::move(all));
}

response server::state::one_project(routed_request const& r) {
    return answer(shape_of(projects.at(number_in(r.parameter("project")).value_or(0)), as));
}

response server::state::list_templates(routed_request const& r) {
    json::array all;
    for (auto const& [id, each] : templates) {
        if (each.project.str() == r.parameter("project")) all.push_back(shape_of(each, as, /*in_list=*/true));
    }
    return list(std::move(all));
}

template_of_double* server::state::template_in(routed_request const& r) {
    auto const found = templates.find(number_in(r.parameter("template")).value_or(0));
    return found == templates.end() || found->second.project.str() != r.parameter("project") ? nullptr : &found->second;
}

response server::state::one_template(routed_request const& r) {
    auto const* found = template_in(r);
    return found == nullptr ? answer(404U) : answer(shape_of(*found, as, /*in_list=*/false));
}

response server::state::list_environments(routed_request const& r) {
    json::object empty{{"id", 1},
                       {"name", "Empty"},
                       {"project_id", number_in(r.parameter("project")).value_or(0)},
                       {"password", nullptr},
                       {"json", environment},
                       {"env", nullptr}};
    if (as.spells_out_nulls) empty["secrets"] = nullptr;
    return answer(json::array{std::move(empty)});
}

response server::state::list_tasks(routed_request const& r) {
    std::size_t most = r.http.path().ends_with("/last") ? 200 : 1000;
    if (auto const limit = number_in(r.query("limit").value_or(std::string())); limit && *limit >= 1 && *limit <= 200) {
        most = static_cast<std::size_t>(*limit);
    }
    json::array all;
    for (auto each = tasks.rbegin(); each != tasks.rend() && all.size() < most; ++each) {
        if ((*each)->project.str() == r.parameter("project")) all.push_back(listed(**each, templates.at((*each)->job.value()), as));
    }
    return answer(std::move(all));
}

response server::state::start_task(routed_request const& r) {
    auto const body = base::parse_json_object(r.http.body);
    auto const job = body ? base::find_integer(*body, "template_id") : std::nullopt;
    if (!job) return answer(400U);
    auto const found = templates.find(*job);
    if (found == templates.end()) return answer(as.spells_out_nulls ? 500U : 404U);
    auto const count = static_cast<std::int64_t>(tasks.size()) + 1;
    auto made = std::make_unique<simulated_task>(as.ids_count_down ? highest_id - count : count, found->second.project, template_id(*job),
                                                 found->second.does, time.now());
    made->message = base::find_string(*body, "message").value_or(std::string());
    made->environment = base::find_string(*body, "environment").value_or(std::string());
    tasks.push_back(std::move(made));
    return answer(shape_of(*tasks.back(), as), 201);
}

simulated_task* server::state::task_in(routed_request const& r) {
    auto const id = number_in(r.parameter("task"));
    for (auto const& each : tasks) {
        if (id == each->id && each->project.str() == r.parameter("project")) return each.get();
    }
    return nullptr;
}

response server::state::one_task(routed_request const& r) {
    auto const* task = task_in(r);
    return task == nullptr ? no_task() : answer(shape_of(*task, as));
}

response server::state::output(routed_request const& r) {
    auto const* task = task_in(r);
    if (task == nullptr) return no_task();
    json::array lines;
    for (auto const& [when, text] : task->output(time.now(), as)) {
        json::object line{{"task_id", task->id}, {"time", time_text(when)}, {"output", text}};
        if (as.spells_out_nulls) {
            line["task"] = "";
        } else {
            line["id"] = 0;
        }
        lines.push_back(std::move(line));
    }
    return list(std::move(lines));
}

response server::state::raw_output(routed_request const& r) {
    auto const* task = task_in(r);
    if (task == nullptr) return no_task();
    std::string text;
    for (auto const& line : task->output(time.now(), as)) text += line.second + "\n";
    return response(200, std::move(text), "text/plain; charset=utf-8");
}

response server::state::stages(routed_request const& r) { return task_in(r) == nullptr ? no_task() : answer(json::array()); }

response server::state::stop_task(routed_request const& r) {
    auto* task = task_in(r);
    if (task == nullptr) return no_task();
    auto const body = base::parse_json_object(r.http.body);
    if (!body) return answer(400U);
    auto const* force = body->if_contains("force");
    task->stop(time.now(), force != nullptr && force->is_bool() && force->get_bool());
    return answer(204U);
}

response server::state::confirm_task(routed_request const& r) {
    auto* task = task_in(r);
    return task != nullptr && task->confirm(time.now()) ? answer(204U) : answer(400U);
}

response server::state::reject_task(routed_request const& r) {
    auto* task = task_in(r);
    return task != nullptr && task->reject(time.now()) ? answer(204U) : answer(400U);
}

response server::state::list_schedules(routed_request const& r) {
    json::array all;
    for (auto const& [id, each] : schedules) {
        if (each.project.str() != r.parameter("project")) continue;
        auto shape = shape_of(each, as);
        shape["tpl_name"] = templates.at(each.starts.value()).name;
        all.push_back(std::move(shape));
    }
    return list(std::move(all));
}

schedule_of_double* server::state::schedule_in(routed_request const& r) {
    auto const found = schedules.find(number_in(r.parameter("schedule")).value_or(0));
    return found == schedules.end() || found->second.project.str() != r.parameter("project") ? nullptr : &found->second;
}

response server::state::one_schedule(routed_request const& r) {
    auto const* found = schedule_in(r);
    return found == nullptr ? answer(404U) : answer(shape_of(*found, as));
}

response server::state::switch_schedule(routed_request const& r) {
    auto* found = schedule_in(r);
    auto const body = base::parse_json_object(r.http.body);
    auto const* active = body ? body->if_contains("active") : nullptr;
    if (active == nullptr || !active->is_bool()) return answer(400U);
    if (found == nullptr) return answer(404U);
    found->active = active->get_bool();
    return answer(204U);
}

server::server(base::clock& time, flavour as) : state_(std::make_unique<state>(time, std::move(as))) {}
server::~server() = default;

project_id server::add_project(std::string name) {
    auto const id = static_cast<std::int64_t>(state_->projects.size()) + 1;
    state_->projects[id] = project_of_double{id, std::move(name)};
    return project_id(id);
}

template_id server::add_template(project_id in, std::string name, script does, std::string survey) {
    auto const id = static_cast<std::int64_t>(state_->templates.size()) + 1;
    auto playbook = name + ".sh";
    state_->templates[id] = template_of_double{id, in, std::move(name), std::move(playbook), std::move(survey), std::move(does)};
    return template_id(id);
}

schedule_id server::add_schedule(project_id in, std::string name, template_id starts, std::string cron_format, bool active) {
    auto const id = static_cast<std::int64_t>(state_->schedules.size()) + 1;
    state_->schedules[id] = schedule_of_double{id, in, std::move(name), starts, std::move(cron_format), active};
    return schedule_id(id);
}

void server::set_environment(std::string json) {
    for (auto& [id, each] : state_->templates) each.has_environment = !json.empty();
    state_->environment = std::move(json);
}
void server::edit_template(template_id which) { state_->templates.at(which.value()).playbook += ".new"; }
void server::lose_next_answer() { state_->loses_answer = true; }
void server::answer_next_start(response with, bool is_done) {
    state_->next_start = std::move(with);
    state_->start_is_done = is_done;
}
void server::lose_next_stop(bool is_done) { state_->lost_stop = is_done; }
void server::fail_with(unsigned status) { state_->failing = status; }
void server::drop_next_request() { state_->drops_next = true; }
void server::delay_answers(base::duration by) { state_->delay = by; }
void server::restart() {
    for (auto const& each : state_->tasks) each->get_stuck();
    cut_live();
}
void server::set_token(std::string instead) { state_->accepted = std::move(instead); }
std::size_t server::requests() const noexcept { return state_->requests; }
void server::cut_live(bool and_refuse) {
    ++state_->live.cuts;
    state_->live.is_refusing = and_refuse;
}
void server::allow_live() { state_->live.is_refusing = false; }
std::size_t server::live_connections() const noexcept { return state_->live.open; }

awaitable<response> server::handle(base::http::request r) {
    ++state_->requests;
    for (auto const& each : state_->tasks) each->advance(state_->time.now(), state_->as);
    if (state_->failing != 0) co_return answer(state_->failing);
    bool const is_public = r.path() == "/api/ping";
    auto const shown = r.headers.get("Authorization").value_or(std::string());
    if (!is_public && !base::equal_constant_time(shown, "Bearer " + state_->accepted)) co_return answer(401U);
    auto const found = state_->routes.find(r.verb, r.path());
    for (auto const& [name, value] : found.parameters) {
        auto const number = number_in(value);
        if (!number) co_return answer(400U);
        if (name == "project" && !state_->projects.contains(*number)) co_return answer(404U);
    }
    auto otherwise = [](bool) { return unknown_route(); };
    co_return co_await state_->routes.route(std::move(r), otherwise);
}

// A network of one server without a socket.
class server::wire final : public base::http::transport {
public:
    explicit wire(server& to) : to_(to) {}

    awaitable<base::result<response>> send(base::http::request r) override {
        auto const host = r.url.find("://");
        auto const path = host == std::string::npos ? 0 : r.url.find('/', host + 3);
        r.url = path == std::string::npos ? std::string("/") : r.url.substr(path);
        auto& is = *to_.state_;
        bool const is_start = r.verb == method::post && r.path().ends_with("/tasks");
        if (std::exchange(is.drops_next, false)) co_return base::error(base::error_kind::unavailable, "the request was dropped");
        auto scripted = is_start ? std::exchange(is.next_start, std::nullopt) : std::nullopt;
        if (scripted && !is.start_is_done) co_return std::move(*scripted);
        bool const is_stop = r.verb == method::post && r.path().ends_with("/stop");
        auto const lost = is_stop ? std::exchange(is.lost_stop, std::nullopt) : std::nullopt;
        if (lost == false) co_return base::error(base::error_kind::timeout_unknown, "the request was lost");
        auto said = co_await to_.handle(std::move(r));
        co_await is.time.sleep(is.delay);
        bool const is_lost = lost == true || (is_start && std::exchange(is.loses_answer, false));
        if (is_lost) co_return base::error(base::error_kind::timeout_unknown, "the answer was lost");
        if (scripted) co_return std::move(*scripted);
        co_return said;
    }

private:
    server& to_;
};

std::unique_ptr<base::http::websocket_dialer> server::dialer() { return make_live_dialer(state_->live); }

base::http::websocket_handler& server::live_handler() { return state_->live_over_network; }

awaitable<void> server::run_programs(program_environment variables) {
    // A failure of a program is its task's matter.
    base::task_group programs(co_await boost::asio::this_coro::executor, [](std::exception_ptr) {});
    bool goes_on = true;
    while (goes_on) {
        for (auto const& each : state_->tasks) {
            each->advance(state_->time.now(), state_->as);
            if (each->takes_program_up()) programs.spawn(run_program(*each, state_->time, state_->as, variables));
        }
        goes_on = co_await state_->time.wait(programs_looked_for_every);
    }
    co_await boost::asio::this_coro::throw_if_cancelled(false);
    programs.cancel();
    co_await programs.join();
}

std::unique_ptr<base::http::transport> server::transport() { return std::make_unique<wire>(*this); }

}  // namespace chatrixcd::semaphore::testing
