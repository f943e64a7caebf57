// SPDX-License-Identifier: Apache-2.0
// What becomes of Semaphore's answers, most of which say nothing but a status.
#include "scripted_server.hpp"

#include <doctest/doctest.h>

namespace semaphore = chatrixcd::semaphore;
namespace test = chatrixcd::test;
using chatrixcd::base::error_kind;

namespace {

semaphore::project_id const web{1};
semaphore::task_id const seven{7};

}  // namespace

TEST_SUITE("semaphore::answers") {
    TEST_CASE_FIXTURE(test::semaphore_fixture, "a list that is null is empty") {
        server.on("GET /api/project/1/templates", 200, "null\n");
        auto client = make();
        CHECK(run(client.templates(web)).value().empty());
    }

    TEST_CASE_FIXTURE(test::semaphore_fixture, "an unknown task is not found, whether the server says it with an empty 400 or with a 404") {
        auto client = make();
        for (unsigned const status : {400U, 404U}) {
            server.on("GET /api/project/1/tasks/7", status);
            auto const answer = run(client.find_task(web, seven));
            REQUIRE_FALSE(answer);
            CHECK(answer.error().kind() == error_kind::not_found);
            CHECK(answer.error().message() == "project 1 has no task 7");
            CHECK(answer.error().hint() == "or the user of this token is no member of the project");
        }
    }

    TEST_CASE_FIXTURE(test::semaphore_fixture, "a 400 with a reason is that refusal, with the server's words") {
        server.on("POST /api/project/1/schedules/validate", 400, "{\"error\":\"Cron: expected 5 fields\"}\n");
        auto client = make();
        auto const answer = run(client.check_cron(web, "* *"));
        REQUIRE_FALSE(answer);
        CHECK(answer.error().kind() == error_kind::invalid);
        CHECK(answer.error().server_text() == "Cron: expected 5 fields");
        CHECK(answer.error().message() == "checking a time table was refused");
    }

    TEST_CASE_FIXTURE(test::semaphore_fixture,
                      "a route that the server does not have is unsupported, an object that it does not have is not found") {
        auto client = make();
        CHECK(run(client.reject(web, seven)).error().kind() == error_kind::unsupported);
        CHECK(run(client.raw_output(web, seven)).error().kind() == error_kind::unsupported);
        server.on("GET /api/project/1", 404);
        CHECK(run(client.find_project(web)).error().kind() == error_kind::not_found);
    }

    TEST_CASE_FIXTURE(test::semaphore_fixture, "a 401 is an administrator's matter if the token works, and the token's if not") {
        server.on("GET /api/runners", 401);
        server.on("GET /api/user", 200, R"({"id":1,"username":"bot"})");
        auto client = make();
        auto const known = run(client.runners());
        REQUIRE_FALSE(known);
        CHECK(known.error().kind() == error_kind::forbidden);
        CHECK(known.error().message() == "listing the runners is for administrators");

        test::semaphore_fixture other;
        other.server.on("GET /api/runners", 401).on("GET /api/user", 401);
        auto stranger = other.make();
        auto const unknown = other.run(stranger.runners());
        REQUIRE_FALSE(unknown);
        CHECK(unknown.error().kind() == error_kind::unauthorized);
        CHECK(unknown.error().hint() == "is the token right, and not expired or deleted?");
    }

    TEST_CASE_FIXTURE(test::semaphore_fixture, "a web page instead of JSON says that the address is wrong, whatever its status") {
        for (unsigned const status : {200U, 302U, 404U}) {
            server.on("GET /api/projects", status, "<!doctype html><title>Welcome</title>", "text/html");
            auto client = make();
            auto const answer = run(client.projects());
            REQUIRE_FALSE(answer);
            CHECK(answer.error().kind() == error_kind::protocol);
            CHECK(answer.error().hint() == "is the URL that of Semaphore, with its path if it has one?");
        }
    }

    TEST_CASE_FIXTURE(test::semaphore_fixture, "what is no JSON, no list, or lacks an id is protocol, with what was asked") {
        auto client = make();
        server.on("GET /api/projects", 200, "{\"id\":");
        CHECK(run(client.projects()).error().message().starts_with("listing the projects was answered with no JSON"));
        server.on("GET /api/projects", 200, "{}");
        CHECK(run(client.projects()).error().message() == "listing the projects: the answer is no list");
        server.on("GET /api/projects", 200, R"([{"name":"web"}])");
        CHECK(run(client.projects()).error().message() == "listing the projects: project: id is missing");
        server.on("GET /api/projects", 200, "[1]");
        CHECK(run(client.projects()).error().message() == "listing the projects: an entry of the list is no object");
    }

    TEST_CASE_FIXTURE(test::semaphore_fixture, "who answers a ping otherwise is no Semaphore") {
        server.on("GET /api/ping", 200, "pong", "text/plain");
        auto client = make();
        CHECK(run(client.ping()));
        CHECK_FALSE(server.requests.back().headers.get("Authorization"));
        server.on("GET /api/ping", 200, "it works", "text/plain");
        CHECK(run(client.ping()).error().message() == "what answers at https://ci.example.org is no Semaphore");
    }
}
