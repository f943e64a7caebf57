// SPDX-License-Identifier: Apache-2.0
// What real servers answered (tests/golden/semaphore), read by the client.
#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include <chatrixcd/base/json_reader.hpp>

#include "scripted_server.hpp"

namespace base = chatrixcd::base;
namespace semaphore = chatrixcd::semaphore;
namespace test = chatrixcd::test;
using base::error_kind;
using semaphore::task_status;

namespace {

constexpr char const* versions[] = {"2.10.32-bolt", "2.11-bolt", "2.16-sqlite", "2.17-bolt"};
semaphore::project_id const demo{2};

// The recording of one server. Each call of a test is answered by the recording that it names, and must ask exactly what was asked then.
class recorded_server : public test::semaphore_fixture {
public:
    explicit recorded_server(std::string version) : is_old(version.starts_with("2.10")) {
        std::ifstream file(std::string(GOLDEN_FOLDER) + "/" + version + "/answers.json");
        std::string const text{std::istreambuf_iterator<char>(file), {}};
        answers_ = base::parse_json(text).value().as_array();
    }

    bool has(std::string const& name) const { return find(name) != nullptr; }

    template <class T>
    T ask(std::string const& name, boost::asio::awaitable<T> (*call)(semaphore::client&, std::int64_t last_number)) {
        auto const* recorded = find(name);
        REQUIRE_MESSAGE(recorded != nullptr, name);
        auto const asked = text(*recorded, "method") + " " + text(*recorded, "path");
        test::scripted_server wire;
        wire.on(asked, static_cast<unsigned>(recorded->at("status").as_int64()), text(*recorded, "body"), text(*recorded, "type"));
        auto client =
            semaphore::client::make(wire, time, *random,
                                    semaphore::client_options("https://ci.example.org", semaphore::credentials::token(base::secret("t"))))
                .value();
        auto answer = run(call(client, last_number_in(text(*recorded, "path"))));
        CHECK_MESSAGE(wire.asked().front() == asked, name);
        return answer;
    }

    bool const is_old;

private:
    static std::string text(boost::json::object const& from, std::string_view key) {
        return base::find_string(from, key).value_or(std::string());
    }
    boost::json::object const* find(std::string const& name) const {
        auto const has_name = [&](boost::json::value const& v) { return text(v.as_object(), "name") == name; };
        auto const found = std::ranges::find_if(answers_, has_name);
        return found == answers_.end() ? nullptr : &found->as_object();
    }
    // Of "/api/project/2/tasks/2147483646/output": 2147483646.
    static std::int64_t last_number_in(std::string const& path) {
        auto const end = path.find_last_of("0123456789");
        if (end == std::string::npos) return 0;
        auto const before = path.find_last_not_of("0123456789", end);
        return std::stoll(path.substr(before + 1, end - before));
    }

    boost::json::array answers_;
};

semaphore::task task_of(recorded_server& server, std::string const& name) {
    auto const answer = server.ask<semaphore::result<semaphore::task>>(
        name, [](semaphore::client& c, std::int64_t id) { return c.find_task(demo, semaphore::task_id(id)); });
    REQUIRE_MESSAGE(answer.has_value(), name);
    return *answer;
}

semaphore::job_template template_of(recorded_server& server, std::string const& name) {
    auto const answer = server.ask<semaphore::result<semaphore::job_template>>(
        name, [](semaphore::client& c, std::int64_t id) { return c.find_template(demo, semaphore::template_id(id)); });
    REQUIRE_MESSAGE(answer.has_value(), name);
    return *answer;
}

}  // namespace

TEST_SUITE("semaphore::golden") {
    TEST_CASE("servers say what they are, and who we are") {
        for (auto const* version : versions) {
            CAPTURE(version);
            recorded_server server(version);
            CHECK(server.ask<semaphore::result<void>>("ping", [](semaphore::client& c, std::int64_t) { return c.ping(); }));
            auto const info =
                server.ask<semaphore::result<semaphore::server_info>>("info", [](semaphore::client& c, std::int64_t) { return c.info(); });
            CHECK(info.value().version.find("2.1") != std::string::npos);
            auto const user =
                server.ask<semaphore::result<semaphore::user>>("user", [](semaphore::client& c, std::int64_t) { return c.whoami(); });
            CHECK(user.value().username == "admin");
            CHECK(user.value().admin);
            auto const apps = server.ask<semaphore::result<std::vector<semaphore::app>>>(
                "apps", [](semaphore::client& c, std::int64_t) { return c.apps(); });
            auto const is_bash = [](semaphore::app const& a) { return a.id == "bash" && a.active; };
            CHECK(std::ranges::any_of(apps.value(), is_bash));
        }
    }

    TEST_CASE("projects, our role in them, and what they are made of") {
        for (auto const* version : versions) {
            CAPTURE(version);
            recorded_server server(version);
            auto const projects = server.ask<semaphore::result<std::vector<semaphore::project>>>(
                "projects", [](semaphore::client& c, std::int64_t) { return c.projects(); });
            auto const is_demo = [](semaphore::project const& p) { return p.id == demo && p.name == "Demo"; };
            CHECK(std::ranges::any_of(projects.value(), is_demo));
            auto const role = server.ask<semaphore::result<semaphore::project_role>>(
                "role", [](semaphore::client& c, std::int64_t) { return c.role(demo); });
            CHECK(role.value().role == "owner");
            CHECK(role.value().may_run_tasks());
            CHECK(server
                      .ask<semaphore::result<std::vector<semaphore::view>>>(
                          "views", [](semaphore::client& c, std::int64_t) { return c.views(demo); })
                      .value()
                      .size() >= 1);
            CHECK(server
                      .ask<semaphore::result<std::vector<semaphore::inventory>>>(
                          "inventories", [](semaphore::client& c, std::int64_t) { return c.inventories(demo); })
                      .value()
                      .size() >= 1);
            auto const repositories = server.ask<semaphore::result<std::vector<semaphore::repository>>>(
                "repositories", [](semaphore::client& c, std::int64_t) { return c.repositories(demo); });
            CHECK(repositories.value().front().git_url == "/srv/repo");
            auto const keys = server.ask<semaphore::result<std::vector<semaphore::access_key>>>(
                "keys_after", [](semaphore::client& c, std::int64_t) { return c.keys(demo); });
            CHECK(keys.value().front().name == "None");
            auto const environments = server.ask<semaphore::result<std::vector<semaphore::environment>>>(
                "environments_after", [](semaphore::client& c, std::int64_t) { return c.environments(demo); });
            auto const has_variables = [](semaphore::environment const& e) { return e.name == "Vars" && !e.variables.empty(); };
            CHECK(std::ranges::any_of(environments.value(), has_variables));
            CHECK(server
                      .ask<semaphore::result<boost::json::object>>("y_backup",
                                                                   [](semaphore::client& c, std::int64_t) { return c.backup(demo); })
                      .value()
                      .contains("templates"));
            CHECK(server.ask<semaphore::result<std::vector<semaphore::integration>>>(
                "integrations", [](semaphore::client& c, std::int64_t) { return c.integrations(demo); }));
            CHECK(server.ask<semaphore::result<std::vector<semaphore::runner>>>(
                "runners", [](semaphore::client& c, std::int64_t) { return c.runners(); }));
        }
    }

    TEST_CASE("templates, with what a task may set and what it is asked for") {
        for (auto const* version : versions) {
            CAPTURE(version);
            recorded_server server(version);
            auto const templates = server.ask<semaphore::result<std::vector<semaphore::job_template>>>(
                "templates", [](semaphore::client& c, std::int64_t) { return c.templates(demo); });
            CHECK(templates.value().size() >= 14);
            auto const hello = template_of(server, "template_get_hello");
            CHECK(hello.app == "bash");
            CHECK(hello.playbook == "hello.sh");
            CHECK_FALSE(hello.allows.arguments);
            CHECK(hello.environment);
            CHECK(hello.survey.empty());
            // 2.10 has no other switches, 2.11 none for the branch; newer servers leave out what is false.
            bool const is_new = std::string_view(version).starts_with("2.16") || std::string_view(version).starts_with("2.17");
            CHECK(hello.allows.branch.has_value() == is_new);
            CHECK(hello.allows.limit.has_value() == !server.is_old);
            CHECK_FALSE(hello.allows.branch.value_or(false));
            CHECK_FALSE(hello.allows.limit.value_or(false));
            CHECK(template_of(server, "template_get_args").allows.arguments);
            CHECK_FALSE(template_of(server, "template_get_noenv").environment);
            auto const slow = template_of(server, "template_get_slow");
            REQUIRE(slow.survey.size() >= 3);
            auto const is_choice = [](semaphore::survey_variable const& v) { return v.type == semaphore::survey_type::choice; };
            auto const color = std::ranges::find_if(slow.survey, is_choice);
            REQUIRE(color != slow.survey.end());
            CHECK(color->name == "color");
            CHECK(color->choices.front().second == "red");
            auto const is_secret = [](semaphore::survey_variable const& v) { return v.type == semaphore::survey_type::secret; };
            CHECK(std::ranges::any_of(slow.survey, is_secret));
        }
    }

    TEST_CASE("a task in each of its states") {
        for (auto const* version : versions) {
            CAPTURE(version);
            recorded_server server(version);
            CHECK(task_of(server, "task_get_running").status == task_status::running);
            CHECK(task_of(server, "task_get_running").start);
            auto const done = task_of(server, "task_get_success");
            CHECK(done.status == task_status::success);
            CHECK(done.is_finished());
            CHECK(done.message == "from chat <b>&");
            CHECK(*done.created <= *done.start);
            CHECK(*done.start <= *done.end);
            CHECK(task_of(server, "task_get_error").status == task_status::error);
            CHECK(task_of(server, "task_get_tf_confirm_waiting_confirmation").status == task_status::waiting_confirmation);
            CHECK(task_of(server, "task_get_tf_confirm_end").is_finished());
            auto const forced = task_of(server, "task_get_stopped_waiting_force");
            CHECK(forced.status == task_status::stopped);
            CHECK_FALSE(forced.end);
            CHECK(forced.is_finished());
            auto const last = server.ask<semaphore::result<std::vector<semaphore::task>>>(
                "tasks_last_running",
                [](semaphore::client& c, std::int64_t most) { return c.last_tasks(demo, static_cast<std::size_t>(most)); });
            CHECK(last.value().size() == 2);
            CHECK_FALSE(last.value().front().template_name.empty());
        }
    }

    TEST_CASE("output, and what only newer servers have") {
        for (auto const* version : versions) {
            CAPTURE(version);
            recorded_server server(version);
            auto const lines = server.ask<semaphore::result<std::vector<semaphore::output_line>>>(
                "output_error", [](semaphore::client& c, std::int64_t id) { return c.output(demo, semaphore::task_id(id)); });
            auto const says_why = [](semaphore::output_line const& l) { return l.text.ends_with("exit status 3"); };
            CHECK(std::ranges::any_of(lines.value(), says_why));
            bool const is_new = std::string_view(version).starts_with("2.16") || std::string_view(version).starts_with("2.17");
            auto const raw = server.ask<semaphore::result<std::string>>(
                "raw_output_error", [](semaphore::client& c, std::int64_t id) { return c.raw_output(demo, semaphore::task_id(id)); });
            CHECK(raw.has_value() == is_new);
            if (!raw) CHECK(raw.error().kind() == error_kind::unsupported);
            auto const stages = server.ask<semaphore::result<std::vector<semaphore::task_stage>>>(
                "stages_tf_confirm", [](semaphore::client& c, std::int64_t id) { return c.stages(demo, semaphore::task_id(id)); });
            CHECK(stages.has_value() == is_new);
        }
    }

    TEST_CASE("refusals, of which most say nothing but a status") {
        for (auto const* version : versions) {
            CAPTURE(version);
            recorded_server server(version);
            auto const unknown_task = server.ask<semaphore::result<semaphore::task>>(
                "task_unknown", [](semaphore::client& c, std::int64_t id) { return c.find_task(demo, semaphore::task_id(id)); });
            CHECK(unknown_task.error().kind() == error_kind::not_found);
            auto const unknown_template = server.ask<semaphore::result<semaphore::job_template>>(
                "template_get_unknown",
                [](semaphore::client& c, std::int64_t id) { return c.find_template(demo, semaphore::template_id(id)); });
            CHECK(unknown_template.error().kind() == error_kind::not_found);
            auto const unknown_project = server.ask<semaphore::result<semaphore::project>>(
                "project_unknown", [](semaphore::client& c, std::int64_t id) { return c.find_project(semaphore::project_id(id)); });
            CHECK(unknown_project.error().kind() == error_kind::not_found);
            auto const stranger = server.ask<semaphore::result<std::vector<semaphore::project>>>(
                "bad_token", [](semaphore::client& c, std::int64_t) { return c.projects(); });
            CHECK(stranger.error().kind() == error_kind::unauthorized);
            auto const guest = server.ask<semaphore::result<semaphore::task>>("as_gus_task_create", [](semaphore::client& c, std::int64_t) {
                return c.start(demo, semaphore::new_task(semaphore::template_id(1)));
            });
            CHECK(guest.error().kind() == error_kind::forbidden);
            auto const no_template = server.ask<semaphore::result<semaphore::task>>(
                "task_create_bad_unknown_template",
                [](semaphore::client& c, std::int64_t) { return c.start(demo, semaphore::new_task(semaphore::template_id(9999))); });
            CHECK(no_template.error().kind() == (server.is_old ? error_kind::timeout_unknown : error_kind::not_found));
            auto const confirmed = server.ask<semaphore::result<void>>(
                "confirm_finished", [](semaphore::client& c, std::int64_t id) { return c.confirm(demo, semaphore::task_id(id)); });
            CHECK(confirmed.error().kind() == error_kind::invalid);
            auto const rejected = server.ask<semaphore::result<void>>(
                "reject_finished", [](semaphore::client& c, std::int64_t id) { return c.reject(demo, semaphore::task_id(id)); });
            CHECK(rejected.error().kind() == (server.is_old ? error_kind::unsupported : error_kind::invalid));
        }
    }

    TEST_CASE("starting a task, and its schedules") {
        for (auto const* version : versions) {
            CAPTURE(version);
            recorded_server server(version);
            auto const started = server.ask<semaphore::result<semaphore::task>>(
                "task_create_hello_message",
                [](semaphore::client& c, std::int64_t) { return c.start(demo, semaphore::new_task(semaphore::template_id(1))); });
            CHECK(started.value().status == task_status::waiting);
            auto const schedules = server.ask<semaphore::result<std::vector<semaphore::schedule>>>(
                "schedules", [](semaphore::client& c, std::int64_t) { return c.schedules(demo); });
            REQUIRE(schedules.value().size() == 1);
            CHECK_FALSE(schedules.value().front().cron_format.empty());
            auto const bad = server.ask<semaphore::result<void>>(
                "schedule_validate_bad", [](semaphore::client& c, std::int64_t) { return c.check_cron(demo, "nonsense"); });
            CHECK(bad.error().kind() == error_kind::invalid);
            CHECK(bad.error().server_text().starts_with("Cron:"));
            CHECK(server.ask<semaphore::result<void>>("schedule_validate_good",
                                                      [](semaphore::client& c, std::int64_t) { return c.check_cron(demo, "* * * * *"); }));
        }
    }

    TEST_CASE("lines with escapes, carriage returns and bytes of any kind are kept as the server keeps them") {
        recorded_server server("2.16-sqlite");
        auto const lines = server.ask<semaphore::result<std::vector<semaphore::output_line>>>(
            "output_ansi", [](semaphore::client& c, std::int64_t id) { return c.output(demo, semaphore::task_id(id)); });
        auto const has_escape = [](semaphore::output_line const& l) { return l.text.find('\x1b') != std::string::npos; };
        CHECK(std::ranges::any_of(lines.value(), has_escape));
        auto const events = server.ask<semaphore::result<std::vector<semaphore::activity>>>(
            "project_events_last", [](semaphore::client& c, std::int64_t) { return c.activities(demo); });
        CHECK(events.value().size() > 20);
    }
}
