// SPDX-License-Identifier: Apache-2.0
#include "beside_double.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <chrono>
#include <memory>
#include <vector>

#include <chatrixcd/semaphore/testing/double.hpp>

#include "support/semaphore_answers.hpp"

namespace chatrixcd::test {

namespace {

using base::http::method;
using boost::asio::awaitable;
namespace testing = semaphore::testing;

constexpr std::chrono::minutes patience{2};

// One of both servers.
class side {
public:
    side(base::http::transport& network, base::clock& time, std::string url, std::string token, semaphore::project_id project)
        : network_(network), time_(time), url_(std::move(url)), token_(std::move(token)), project_(project) {}

    awaitable<semaphore_answer> ask(method verb, std::string path, std::string body = {}) const {
        co_return co_await ask_as(token_, verb, std::move(path), std::move(body));
    }
    awaitable<semaphore_answer> ask_as(std::string token, method verb, std::string path, std::string body = {}) const {
        auto r = base::http::request(verb, url_ + "/api" + path).with_bearer(token);
        r.body = std::move(body);
        auto said = co_await network_.send(std::move(r));
        co_return said ? semaphore_answer_of(*said) : semaphore_answer_of(0, said.error().describe(), "");
    }
    std::string in_project(std::string const& path = {}) const { return "/project/" + project_.str() + path; }
    std::string task(std::string const& path = {}) const { return in_project("/tasks/" + std::to_string(started) + path); }
    // Whether the task came to its end in time.
    awaitable<bool> wait_for_end() const {
        auto const until = time_.uptime() + patience;
        while (time_.uptime() < until) {
            auto const said = co_await ask(method::get, task());
            auto const* end = object_in(said.body).if_contains("end");
            if (end != nullptr && !end->is_null()) co_return true;
            co_await time_.sleep(std::chrono::milliseconds(500));
        }
        co_return false;
    }

    std::int64_t project() const { return project_.value(); }

    std::int64_t started = 0;   // the last task
    std::int64_t schedule = 0;  // the last one
    std::string made_token;     // the last

private:
    base::http::transport& network_;
    base::clock& time_;
    std::string url_;
    std::string token_;
    semaphore::project_id project_;
};

// A double as the real server is: what it can do is asked, not looked up by its version.
awaitable<testing::flavour> flavour_of(side const& real) {
    auto as = testing::flavour::v2_16_sql();
    as.spells_out_nulls = object_in((co_await real.ask(method::get, real.in_project())).body).contains("alert_chat");
    as.empty_lists_are_null = !(co_await real.ask(method::get, real.in_project("/schedules"))).body.is_array();
    as.unknown_task_is_400 = (co_await real.ask(method::get, real.in_project("/tasks/12345678"))).status == 400;
    as.has_raw_output = (co_await real.ask(method::get, real.in_project("/tasks/12345678/raw_output"))).status != 404;
    as.has_stages = as.has_raw_output;
    boost::json::object probe{{"name", "probe"}, {"type", "none"}, {"project_id", real.project()}};
    as.creations_say_nothing = (co_await real.ask(method::post, real.in_project("/keys"), boost::json::serialize(probe))).status == 204;
    co_return as;
}

// Of what has this name in a list.
std::int64_t id_in(boost::json::value const& list, std::string_view name) {
    if (!list.is_array()) return 0;
    for (auto const& each : list.get_array()) {
        auto const row = object_in(each);
        if (base::find_string(row, "name") == name) return base::find_integer(row, "id").value_or(0);
    }
    return 0;
}

class pair_of_servers {
public:
    pair_of_servers(side real, side ours, bool leaves_out) : real_(std::move(real)), ours_(std::move(ours)), leaves_out_(leaves_out) {}

    // `path` is asked for each server anew, for their ids differ.
    template <class Path>
    awaitable<void> same(method verb, std::string name, Path path, std::string body = {}) {
        auto const said = co_await real_.ask(verb, path(real_), body);
        auto const echo = co_await ours_.ask(verb, path(ours_), body);
        hold(std::move(name), said, echo);
    }
    awaitable<void> get(std::string const& path) {
        co_await same(method::get, "GET " + path, [&](side const&) { return path; });
    }
    awaitable<void> in_project(method verb, std::string const& name, std::string const& path, std::string body = {}) {
        co_await same(
            verb, name, [&](side const& of) { return of.in_project(path); }, std::move(body));
    }
    awaitable<void> of_task(method verb, std::string const& name, std::string const& path, std::string body = {}) {
        co_await same(
            verb, name, [&](side const& of) { return of.task(path); }, std::move(body));
    }
    // The template's number differs; what else is said does not.
    awaitable<void> start(std::string const& name, std::int64_t real_template, std::int64_t our_template) {
        auto const body = [](std::int64_t what) {
            boost::json::object task{{"template_id", what}, {"message", "beside <&>"}, {"environment", R"({"version":"1.4.2"})"}};
            return boost::json::serialize(task);
        };
        auto const said = co_await real_.ask(method::post, real_.in_project("/tasks"), body(real_template));
        auto const echo = co_await ours_.ask(method::post, ours_.in_project("/tasks"), body(our_template));
        real_.started = base::find_integer(object_in(said.body), "id").value_or(0);
        ours_.started = base::find_integer(object_in(echo.body), "id").value_or(0);
        hold(name, said, echo);
    }
    awaitable<void> wait_for_end() {
        if (!co_await real_.wait_for_end()) found_.differences.push_back("the real server's task did not end in two minutes");
        if (!co_await ours_.wait_for_end()) found_.differences.push_back("the double's task did not end in two minutes");
    }
    awaitable<void> add_schedule(std::int64_t real_template, std::int64_t our_template) {
        auto const body = [](side const& of, std::int64_t what) {
            boost::json::object schedule{{"template_id", what}, {"project_id", of.project()}, {"name", "beside"}, {"active", false}};
            schedule["cron_format"] = "0 3 1 1 *";
            return boost::json::serialize(schedule);
        };
        auto const said = co_await real_.ask(method::post, real_.in_project("/schedules"), body(real_, real_template));
        auto const echo = co_await ours_.ask(method::post, ours_.in_project("/schedules"), body(ours_, our_template));
        real_.schedule = base::find_integer(object_in(said.body), "id").value_or(0);
        ours_.schedule = base::find_integer(object_in(echo.body), "id").value_or(0);
        hold("add a schedule", said, echo);
    }
    awaitable<void> of_schedule(method verb, std::string const& name, std::string const& path, std::string body = {}) {
        auto const own = [&](side const& of) { return of.in_project("/schedules/" + std::to_string(of.schedule) + path); };
        co_await same(verb, name, own, std::move(body));
    }
    // "keys", "repositories" or "environment": the project, and the key "None" where one is asked for, have another number with each
    // server.
    awaitable<void> add_resource(std::string const& kind, std::string const& name, boost::json::object with) {
        auto const said = co_await posted(real_, kind, with);
        auto const echo = co_await posted(ours_, kind, with);
        hold(name, said, echo);
    }
    awaitable<void> of_resource(method verb, std::string const& name, std::string const& kind) {
        auto const real = id_in((co_await real_.ask(method::get, real_.in_project("/" + kind))).body, "beside");
        auto const ours = id_in((co_await ours_.ask(method::get, ours_.in_project("/" + kind))).body, "beside");
        auto const said = co_await real_.ask(verb, real_.in_project("/" + kind + "/" + std::to_string(real)));
        auto const echo = co_await ours_.ask(verb, ours_.in_project("/" + kind + "/" + std::to_string(ours)));
        hold(name, said, echo);
    }
    awaitable<void> make_token() {
        auto const said = co_await real_.ask(method::post, "/user/tokens");
        auto const echo = co_await ours_.ask(method::post, "/user/tokens");
        real_.made_token = base::find_string(object_in(said.body), "id").value_or("");
        ours_.made_token = base::find_string(object_in(echo.body), "id").value_or("");
        hold("make a token", said, echo);
    }
    awaitable<void> remove_token() {
        co_await same(method::delete_, "delete a token", [](side const& of) { return "/user/tokens/" + of.made_token; });
    }
    awaitable<void> with_wrong_token() {
        auto const said = co_await real_.ask_as("another", method::get, "/projects");
        auto const echo = co_await ours_.ask_as("another", method::get, "/projects");
        hold("a wrong token", said, echo);
    }
    comparison take() { return std::move(found_); }

private:
    static awaitable<semaphore_answer> posted(side const& to, std::string const& kind, boost::json::object body) {
        body["project_id"] = to.project();
        if (kind == "repositories" && !body.contains("ssh_key_id")) {
            body["ssh_key_id"] = id_in((co_await to.ask(method::get, to.in_project("/keys"))).body, "None");
        }
        co_return co_await to.ask(method::post, to.in_project("/" + kind), boost::json::serialize(body));
    }

    void hold(std::string name, semaphore_answer const& real, semaphore_answer const& ours) {
        auto const differences = semaphore_differences(real, ours, leaves_out_);
        if (differences.empty()) ++found_.alike;
        for (auto const& each : differences) found_.differences.push_back(name + ": the double " + each);
    }

    side real_;
    side ours_;
    bool leaves_out_;
    comparison found_;
};

awaitable<void> compare_tasks(pair_of_servers& both, std::int64_t real_template, std::int64_t our_template, std::string const& which) {
    co_await both.start("start the " + which + " template", real_template, our_template);
    co_await both.of_task(method::get, "a task that begins", "");
    co_await both.of_task(method::post, "confirm what does not wait", "/confirm");
    if (which == "failing") co_await both.of_task(method::post, "reject what does not wait", "/reject");
    co_await both.wait_for_end();
    co_await both.of_task(method::get, "the " + which + " task at its end", "");
    co_await both.of_task(method::get, "its output", "/output");
    co_await both.of_task(method::get, "its raw output", "/raw_output");
    co_await both.of_task(method::get, "its stages", "/stages");
    co_await both.of_task(method::post, "stop what has ended", "/stop", R"({"force":false})");
    co_await both.of_task(method::post, "confirm what has ended", "/confirm");
    co_await both.of_task(method::post, "reject what has ended", "/reject");
}

awaitable<void> compare_schedules(pair_of_servers& both, std::int64_t real_template, std::int64_t our_template) {
    co_await both.in_project(method::post, "check a time table", "/schedules/validate", R"({"cron_format":"*/5 * * * *"})");
    co_await both.in_project(method::post, "check what is none", "/schedules/validate", R"({"cron_format":"nonsense"})");
    co_await both.add_schedule(real_template, our_template);
    co_await both.of_schedule(method::get, "a schedule", "");
    co_await both.in_project(method::get, "schedules", "/schedules");
    co_await both.of_schedule(method::put, "switch a schedule", "/active", R"({"active":true})");
    co_await both.of_schedule(method::delete_, "delete a schedule", "");
    co_await both.of_schedule(method::delete_, "delete it again", "");
}

awaitable<void> compare_resources(pair_of_servers& both) {
    struct resource {
        char const* kind;
        char const* name;
        boost::json::object body;
    };
    std::vector<resource> const made{{"keys", "add a key", {{"name", "beside"}, {"type", "none"}}},
                                     {"repositories", "add a repository", {{"name", "beside"}, {"git_url", "/tmp"}, {"git_branch", ""}}},
                                     {"repositories", "add a repository without a name", {{"name", ""}, {"git_url", "/tmp"}}},
                                     {"repositories", "add a repository without a branch", {{"name", "b"}, {"git_url", "https://git/b"}}},
                                     {"repositories",
                                      "add a repository with an unknown key",
                                      {{"name", "c"}, {"git_url", "/tmp"}, {"git_branch", ""}, {"ssh_key_id", 99999}}},
                                     {"environment", "add an environment", {{"name", "beside"}, {"json", R"({"a":"b"})"}, {"env", "{}"}}},
                                     {"environment", "add an environment without a name", {{"name", ""}, {"json", "{}"}}},
                                     {"environment", "add an environment of no JSON", {{"name", "d"}, {"json", "nonsense"}}}};
    for (auto const& each : made) co_await both.add_resource(each.kind, each.name, each.body);
    for (std::string const kind : {"keys", "repositories", "environment"}) {
        co_await both.in_project(method::get, kind, "/" + kind);
        co_await both.of_resource(method::get, "one of " + kind, kind);
        co_await both.of_resource(method::delete_, "delete one of " + kind, kind);
        co_await both.in_project(method::delete_, "delete an unknown one of " + kind, "/" + kind + "/99999");
    }
}

awaitable<void> compare_tokens(pair_of_servers& both) {
    co_await both.make_token();
    co_await both.get("/user/tokens");
    co_await both.remove_token();
}

awaitable<void> compare_all(pair_of_servers& both, real_semaphore const& real, semaphore::template_id quick,
                            semaphore::template_id failing) {
    co_await both.get("/ping");
    co_await both.get("/projects");
    co_await both.get("/project/99999");
    co_await both.get("/no/such/thing");
    co_await both.with_wrong_token();
    co_await both.in_project(method::get, "the project", "");
    co_await both.in_project(method::get, "templates", "/templates");
    auto const template_path = [&](side const& of) {
        bool const is_real = of.in_project() == "/project/" + real.project.str();
        return of.in_project("/templates/" + (is_real ? real.quick : quick).str());
    };
    co_await both.same(method::get, "a template", template_path);
    co_await both.in_project(method::get, "an unknown template", "/templates/99999");
    co_await both.in_project(method::get, "schedules, where there are none", "/schedules");
    co_await both.in_project(method::get, "an unknown schedule", "/schedules/99999");
    co_await both.in_project(method::get, "an unknown task", "/tasks/12345678");
    co_await both.in_project(method::post, "stop an unknown task", "/tasks/12345678/stop", R"({"force":false})");
    co_await both.in_project(method::post, "start an unknown template", "/tasks", R"({"template_id":99999})");
    co_await compare_schedules(both, real.quick.value(), quick.value());
    co_await compare_resources(both);
    co_await compare_tokens(both);
    co_await compare_tasks(both, real.quick.value(), quick.value(), "quick");
    co_await compare_tasks(both, real.failing.value(), failing.value(), "failing");
    co_await both.in_project(method::get, "tasks", "/tasks");
    co_await both.in_project(method::get, "the last tasks", "/tasks/last?limit=2");
    co_await both.in_project(method::get, "templates after tasks", "/templates");
}

}  // namespace

awaitable<comparison> compare_with_double(real_semaphore const& real) {
    side theirs(real.network, real.time, real.url, real.token, real.project);
    auto as = co_await flavour_of(theirs);
    bool const leaves_out = !as.spells_out_nulls;
    testing::server server(real.time, std::move(as));
    server.add_project("another");
    auto const project = server.add_project("chatrixcd interop");
    testing::script quick;
    quick.prints = {"one", "two"};
    quick.lasts = std::chrono::seconds(1);
    testing::script failing = quick;
    failing.succeeds = false;
    auto const survey = R"([{"name":"version","title":"Version","required":true,"type":"","description":"what to deploy"}])";
    auto const first = server.add_template(project, "quick", quick, survey);
    auto const second = server.add_template(project, "failing", failing);
    auto const wire = server.transport();
    pair_of_servers both(std::move(theirs), side(*wire, real.time, "https://double", testing::server::token, project), leaves_out);
    co_await compare_all(both, real, first, second);
    co_return both.take();
}

}  // namespace chatrixcd::test
