// SPDX-License-Identifier: Apache-2.0
#include "scripted_server.hpp"

#include <doctest/doctest.h>

namespace base = chatrixcd::base;
namespace semaphore = chatrixcd::semaphore;
namespace test = chatrixcd::test;
using base::error_kind;
using strings = std::vector<std::string>;

namespace {

semaphore::credentials by_password() { return semaphore::credentials::password("bot", base::secret("pa55")); }

}  // namespace

TEST_SUITE("semaphore::login") {
    TEST_CASE_FIXTURE(test::semaphore_fixture, "a password becomes a session before the first call, once") {
        server.on("POST /api/auth/login", 204).with_cookie("POST /api/auth/login", "semaphore=abc; Path=/; HttpOnly");
        server.on("GET /api/projects", 200, "[]");
        auto client = make(by_password());
        CHECK(run(client.projects()));
        CHECK(run(client.projects()));
        CHECK(server.asked() == strings{"POST /api/auth/login", "GET /api/projects", "GET /api/projects"});
        CHECK(server.requests.at(0).body == R"({"auth":"bot","password":"pa55"})");
        CHECK(server.requests.at(1).headers.get("Cookie") == "semaphore=abc");
        CHECK_FALSE(server.requests.at(1).headers.get("Authorization"));
    }

    TEST_CASE_FIXTURE(test::semaphore_fixture, "a session that has expired is opened anew, and the call sent again") {
        server.on("POST /api/auth/login", 204).with_cookie("POST /api/auth/login", "semaphore=first; Path=/");
        server.on("POST /api/auth/login", 204).with_cookie("POST /api/auth/login", "semaphore=second; Path=/");
        server.on("GET /api/projects", 200, "[]").on("GET /api/projects", 401).on("GET /api/projects", 200, "[]");
        auto client = make(by_password());
        CHECK(run(client.projects()));
        CHECK(run(client.projects()));
        CHECK(server.requests.back().headers.get("Cookie") == "semaphore=second");
    }

    TEST_CASE_FIXTURE(test::semaphore_fixture, "a wrong password says whose, and not what it was") {
        server.on("POST /api/auth/login", 401);
        auto client = make(by_password());
        auto const answer = run(client.projects());
        REQUIRE_FALSE(answer);
        CHECK(answer.error().kind() == error_kind::unauthorized);
        CHECK(answer.error().message() == "the login \"bot\" or its password is wrong");
        CHECK(answer.error().describe().find("pa55") == std::string::npos);
    }

    TEST_CASE_FIXTURE(test::semaphore_fixture, "a user with a second factor is told to take a token") {
        server.on("POST /api/auth/login", 204).with_cookie("POST /api/auth/login", "semaphore=abc; Path=/");
        server.on("GET /api/projects", 401, R"({"error":"TOTP_REQUIRED"})");
        auto client = make(by_password());
        auto const answer = run(client.projects());
        REQUIRE_FALSE(answer);
        CHECK(answer.error().kind() == error_kind::unauthorized);
        CHECK(answer.error().hint() == "use an API token instead of the password");
    }

    TEST_CASE_FIXTURE(test::semaphore_fixture, "a login without a session is no Semaphore's") {
        server.on("POST /api/auth/login", 200, "{}");
        auto client = make(by_password());
        CHECK(run(client.projects()).error().kind() == error_kind::protocol);
    }
}
