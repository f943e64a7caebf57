// SPDX-License-Identifier: Apache-2.0
// What leaves, where to, and how often.
#include "scripted_server.hpp"

#include <doctest/doctest.h>

#include <chatrixcd/base/json_reader.hpp>

namespace base = chatrixcd::base;
namespace semaphore = chatrixcd::semaphore;
namespace test = chatrixcd::test;
using base::error_kind;
using strings = std::vector<std::string>;

namespace {

semaphore::project_id const web{1};
semaphore::template_id const deploy{3};
semaphore::task_id const seven{7};

}  // namespace

TEST_SUITE("semaphore::calls") {
    TEST_CASE_FIXTURE(test::semaphore_fixture, "a server is named as in the browser, as in the API's documentation, or below a path") {
        auto const url_of = [&](std::string url) {
            auto made = semaphore::client::make(
                server, time, *random, semaphore::client_options(std::move(url), semaphore::credentials::token(base::secret("t"))));
            return made ? made->url() : to_string(made.error().kind()).data();
        };
        CHECK(url_of("https://ci.example.org") == "https://ci.example.org");
        CHECK(url_of("http://10.0.0.5:3000/") == "http://10.0.0.5:3000");
        CHECK(url_of("https://example.org/semaphore/api/") == "https://example.org/semaphore");
        CHECK(url_of("example.org") == "invalid");
        CHECK(url_of("https://user:secret@example.org") == "invalid");
        CHECK(url_of("https://example.org/?a=b") == "invalid");
    }

    TEST_CASE_FIXTURE(test::semaphore_fixture, "the token goes with each call, and a task is shown where people see it") {
        server.on("GET /api/projects", 200, "[]");
        auto client = make();
        REQUIRE(run(client.projects()));
        CHECK(server.requests.at(0).headers.get("Authorization") == "Bearer t0ken");
        CHECK(server.requests.at(0).headers.get("Accept") == "application/json");
        CHECK(client.task_url(web, deploy, seven) == "https://ci.example.org/project/1/templates/3?t=7");
    }

    TEST_CASE_FIXTURE(test::semaphore_fixture, "reading is repeated while the server fails, and a start never is") {
        server.on("GET /api/projects", 503).on("GET /api/projects", 502).on("GET /api/projects", 200, "[]");
        auto client = make();
        CHECK(run(client.projects()));
        CHECK(server.requests.size() == 3);

        server.requests.clear();
        server.on("POST /api/project/1/tasks", 500);
        auto const started = run(client.start(web, semaphore::new_task(deploy)));
        REQUIRE_FALSE(started);
        CHECK(started.error().kind() == error_kind::timeout_unknown);
        CHECK(server.requests.size() == 1);
    }

    TEST_CASE_FIXTURE(test::semaphore_fixture, "a start whose answer was lost may have happened, one that never left is tried again") {
        server.on("POST /api/project/1/tasks", 201, R"({"id":7,"template_id":3,"project_id":1,"status":"waiting"})");
        auto client = make();
        server.fail(error_kind::timeout_unknown, 1);
        CHECK(run(client.start(web, semaphore::new_task(deploy))).error().kind() == error_kind::timeout_unknown);
        CHECK(server.requests.size() == 1);
        server.fail(error_kind::unavailable, 2);
        CHECK(run(client.start(web, semaphore::new_task(deploy))).value().id == seven);
        CHECK(server.requests.size() == 4);
    }

    TEST_CASE_FIXTURE(test::semaphore_fixture, "an unknown template is not found, with its number") {
        server.on("POST /api/project/1/tasks", 404);
        auto client = make();
        auto const started = run(client.start(web, semaphore::new_task(deploy)));
        REQUIRE_FALSE(started);
        CHECK(started.error().message() == "project 1 has no template 3");
    }

    TEST_CASE_FIXTURE(test::semaphore_fixture,
                      "a stop carries its body, and is not repeated: the task may have ended otherwise meanwhile") {
        server.on("POST /api/project/1/tasks/7/stop", 502).on("POST /api/project/1/tasks/7/stop", 204);
        auto client = make();
        CHECK(run(client.stop(web, seven)).error().kind() == error_kind::timeout_unknown);
        CHECK(server.requests.size() == 1);
        CHECK(server.requests.at(0).body == R"({"force":false})");
    }

    TEST_CASE_FIXTURE(test::semaphore_fixture, "the last tasks are asked for in numbers that the server takes") {
        server.on("GET /api/project/1/tasks/last?limit=200", 200, "[]").on("GET /api/project/1/tasks/last?limit=1", 200, "[]");
        auto client = make();
        CHECK(run(client.last_tasks(web, 5000)));
        CHECK(run(client.last_tasks(web, 0)));
    }

    TEST_CASE_FIXTURE(test::semaphore_fixture, "a schedule that is changed keeps what this library does not know") {
        server.on("GET /api/project/1/schedules/4", 200,
                  R"({"id":4,"project_id":1,"template_id":3,"cron_format":"0 3 * * *","name":"nightly","active":true,)"
                  R"("delete_after_run":false,"task_params":{"limit":["web1"]},"tpl_name":"deploy"})");
        server.on("PUT /api/project/1/schedules/4", 204);
        auto client = make();
        auto nightly = run(client.find_schedule(web, semaphore::schedule_id(4))).value();
        nightly.cron_format = "0 4 * * *";
        CHECK(run(client.replace_schedule(web, nightly)));
        auto const sent = base::parse_json_object(server.requests.back().body).value();
        CHECK(base::find_string(sent, "cron_format") == "0 4 * * *");
        CHECK(base::find_integer(sent, "id") == 4);
        CHECK(sent.contains("task_params"));
        CHECK(sent.contains("delete_after_run"));
        CHECK_FALSE(sent.contains("tpl_name"));
    }

    TEST_CASE_FIXTURE(test::semaphore_fixture, "a new schedule has no number") {
        server.on("POST /api/project/1/schedules", 201, R"({"id":9,"project_id":1,"template_id":3,"cron_format":"@daily","name":"n"})");
        auto client = make();
        semaphore::schedule daily;
        daily.starts = deploy;
        daily.cron_format = "@daily";
        CHECK(run(client.add_schedule(web, daily)).value().id == semaphore::schedule_id(9));
        CHECK_FALSE(base::parse_json_object(server.requests.back().body).value().contains("id"));
    }
}
