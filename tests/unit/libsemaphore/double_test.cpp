// SPDX-License-Identifier: Apache-2.0
// The double answers as real servers did (tests/golden/semaphore): the same status and kind, and of what is an object the same members of
// the same types. What tests believe about Semaphore is so held against Semaphore.
#include <chatrixcd/semaphore/testing/double.hpp>

#include <doctest/doctest.h>
#include <boost/asio/io_context.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/base/virtual_clock.hpp>

#include "support/run_coroutine.hpp"
#include "support/semaphore_answers.hpp"

namespace base = chatrixcd::base;
namespace json = boost::json;
namespace testing = chatrixcd::semaphore::testing;
namespace test = chatrixcd::test;
using base::http::method;
using strings = std::vector<std::string>;

namespace {

using answer = test::semaphore_answer;

class recording {
public:
    explicit recording(std::string const& version) {
        std::ifstream file(std::string(GOLDEN_FOLDER) + "/" + version + "/answers.json");
        std::string const text{std::istreambuf_iterator<char>(file), {}};
        all_ = base::parse_json(text).value().as_array();
    }
    answer operator[](std::string const& name) const {
        for (auto const& each : all_) {
            auto const& one = each.as_object();
            if (base::find_string(one, "name") != name) continue;
            return test::semaphore_answer_of(one.at("status").as_int64(), base::find_string(one, "type").value_or(""),
                                             base::find_string(one, "body").value_or(""));
        }
        throw std::runtime_error("no recording is called " + name);
    }

private:
    json::array all_;
};

// A server with a project of three templates: the first has run and ended well, the second has failed, the third runs.
class used_double {
public:
    explicit used_double(testing::flavour as) : server(time, std::move(as)) {
        server.add_project("Other");
        project = server.add_project("Demo");
        testing::script quick;
        quick.prints = {"one"};
        testing::script failing = quick;
        failing.succeeds = false;
        testing::script slow = quick;
        slow.lasts = std::chrono::hours(1);
        auto const hello = server.add_template(project, "Hello", quick);
        server.add_schedule(project, "often", hello, "@every 5s");
        good = start(hello);
        bad = start(server.add_template(project, "Fail", failing));
        wait(std::chrono::minutes(1));
        running = start(server.add_template(project, "Slow", slow));
        wait(std::chrono::seconds(20));
    }

    answer ask(method verb, std::string path, std::string body = {}, std::string token = testing::server::token) {
        auto r = base::http::request(verb, "/api" + std::move(path)).with_bearer(token);
        if (!body.empty()) r.body = std::move(body);
        return test::semaphore_answer_of(test::run_coroutine(loop, server.handle(std::move(r))));
    }
    answer in_project(std::string const& path) { return ask(method::get, "/project/" + project.str() + path); }
    answer post(std::string const& path, std::string body = {}) {
        return ask(method::post, "/project/" + project.str() + path, std::move(body));
    }
    std::string start(chatrixcd::semaphore::template_id what) {
        auto const said = post("/tasks", "{\"template_id\":" + what.str() + ",\"message\":\"from chat\",\"environment\":\"{}\"}");
        return std::to_string(said.body.at("id").as_int64());
    }
    // Tasks go on when somebody asks.
    void wait(base::duration span) {
        for (auto rest = span; rest.count() > 0; rest -= base::duration(1000)) {
            test::run_virtual(loop, time, time.sleep(base::duration(1000)));
            in_project("");
        }
    }

    boost::asio::io_context loop{1};
    base::virtual_clock time;
    testing::server server;
    chatrixcd::semaphore::project_id project;
    std::string good, bad, running;
};

void compare(std::string const& name, answer const& real, answer const& ours, bool leaves_out) {
    CAPTURE(name);
    std::string all;
    for (auto const& each : test::semaphore_differences(real, ours, leaves_out)) all += each + "; ";
    CHECK_MESSAGE(all == "", all);
}

void compare_all(recording const& real, used_double& ours, bool leaves_out) {
    auto const same = [&](std::string const& name, answer const& said) { compare(name, real[name], said, leaves_out); };
    same("ping", ours.ask(method::get, "/ping"));
    same("projects", ours.ask(method::get, "/projects"));
    same("project", ours.in_project(""));
    same("project_unknown", ours.ask(method::get, "/project/99999"));
    same("templates", ours.in_project("/templates"));
    same("template_get_hello", ours.in_project("/templates/1"));
    same("template_get_unknown", ours.in_project("/templates/9999"));
    same("environments_after", ours.in_project("/environment"));
    same("tasks_last_running", ours.in_project("/tasks/last?limit=2"));
    same("task_get_success", ours.in_project("/tasks/" + ours.good));
    same("task_get_error", ours.in_project("/tasks/" + ours.bad));
    same("task_get_running", ours.in_project("/tasks/" + ours.running));
    same("task_unknown", ours.in_project("/tasks/12345678"));
    same("output_error", ours.in_project("/tasks/" + ours.bad + "/output"));
    same("stages_tf_confirm", ours.in_project("/tasks/" + ours.good + "/stages"));
    same("task_create_hello_message", ours.post("/tasks", R"({"template_id":1,"message":"from chat"})"));
    same("task_create_bad_unknown_template", ours.post("/tasks", R"({"template_id":9999})"));
    same("schedules", ours.in_project("/schedules"));
    same("schedule_get", ours.in_project("/schedules/1"));
    same("schedule_active_false", ours.ask(method::put, "/project/" + ours.project.str() + "/schedules/1/active", R"({"active":false})"));
    same("schedule_get_inactive", ours.in_project("/schedules/1"));
    same("stop_unknown", ours.post("/tasks/12345678/stop", R"({"force":false})"));
    same("stop_finished", ours.post("/tasks/" + ours.good + "/stop", R"({"force":false})"));
    same("confirm_finished", ours.post("/tasks/" + ours.bad + "/confirm"));
    same("reject_finished", ours.post("/tasks/" + ours.bad + "/reject"));
    same("bad_token", ours.ask(method::get, "/projects", {}, "another"));
}

}  // namespace

TEST_SUITE("semaphore::testing::double") {
    TEST_CASE("the double of 2.10 answers as 2.10.32 did") {
        used_double ours(testing::flavour::v2_10_bolt());
        compare_all(recording("2.10.32-bolt"), ours, /*leaves_out=*/false);
    }

    TEST_CASE("the double of 2.16 answers as 2.16 did") {
        used_double ours(testing::flavour::v2_16_sql());
        compare_all(recording("2.16-sqlite"), ours, /*leaves_out=*/true);
    }

    TEST_CASE("after a restart of the server its tasks run for ever, until somebody stops them") {
        used_double ours(testing::flavour::v2_16_sql());
        ours.server.restart();
        ours.wait(std::chrono::hours(2));
        CHECK(ours.in_project("/tasks/" + ours.running).body.at("status") == "running");
        ours.post("/tasks/" + ours.running + "/stop", R"({"force":false})");
        CHECK(ours.in_project("/tasks/" + ours.running).body.at("status") == "stopped");
    }

    TEST_CASE("a running task can be confirmed and rejected though it does not wait, and then is never a success") {
        for (std::string const decision : {"confirm", "reject"}) {
            used_double ours(testing::flavour::v2_16_sql());
            CHECK(ours.post("/tasks/" + ours.running + "/" + decision).status == 204);
            auto const task = [&] { return ours.in_project("/tasks/" + ours.running).body; };
            CHECK(base::find_string(task().as_object(), "status") == decision + "ed");
            ours.wait(std::chrono::hours(1));
            CHECK(task().at("end").is_string());
            CHECK(base::find_string(task().as_object(), "status") == decision + "ed");
        }
    }

    TEST_CASE("a request can be dropped, and answers be late") {
        used_double ours(testing::flavour::v2_16_sql());
        auto const way = ours.server.transport();
        auto const ask = [&] {
            auto r = base::http::request(method::get, "https://ci/api/ping");
            return test::run_virtual(ours.loop, ours.time, way->send(std::move(r)));
        };
        ours.server.drop_next_request();
        CHECK(ask().error().kind() == base::error_kind::unavailable);
        ours.server.delay_answers(std::chrono::seconds(40));
        auto const before = ours.time.uptime();
        CHECK(ask().value().status == 200);
        CHECK(ours.time.uptime() - before == std::chrono::seconds(40));
    }
}
