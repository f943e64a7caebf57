// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "values/read.hpp"

namespace base = chatrixcd::base;
namespace semaphore = chatrixcd::semaphore;
using semaphore::task_status;
using variables = std::vector<std::pair<std::string, std::string>>;

namespace {

semaphore::task task_of(std::string_view text) { return semaphore::detail::read_task(base::parse_json_object(text).value()).value(); }

}  // namespace

TEST_SUITE("semaphore::task") {
    TEST_CASE("a task of 2.10, which spells everything out") {
        auto const t = task_of(
            R"({"id":12,"template_id":3,"project_id":1,"status":"waiting","debug":false,"dry_run":false,"diff":false,"playbook":"",)"
            R"("environment":"{\"version\":\"1.4.2\",\"count\":3}","limit":"","secret":"{}","arguments":null,"git_branch":null,"user_id":1,)"
            R"("integration_id":null,"schedule_id":null,"created":"2024-10-25T00:05:20.123456789+00:00","start":null,"end":null,)"
            R"("message":"from chat","commit_hash":null,"commit_message":"","build_task_id":null,"version":null,"inventory_id":null})");
        CHECK(t.id == semaphore::task_id(12));
        CHECK(t.of == semaphore::template_id(3));
        CHECK(t.status == task_status::waiting);
        CHECK(t.message == "from chat");
        CHECK(t.started_by == semaphore::user_id(1));
        CHECK(t.created);
        CHECK_FALSE(t.start);
        CHECK(t.variables == variables{{"version", "1.4.2"}, {"count", "3"}});
        CHECK_FALSE(t.git_branch);
        CHECK_FALSE(t.is_finished());
    }

    TEST_CASE("a task of newer servers, which leave out what is empty and say more") {
        auto const t = task_of(R"({"id":5,"status":"running","template_id":3,"params":{"limit":["a"]},"artifacts":[]})");
        CHECK(t.status == task_status::running);
        CHECK(t.variables.empty());
        CHECK_FALSE(t.started_by);
        CHECK(t.raw.contains("params"));
    }

    TEST_CASE("a task is over with a last status or with an end, whatever the status says") {
        for (auto const* word : {"success", "error", "stopped"}) {
            CHECK(task_of(std::string(R"({"id":1,"status":")") + word + "\"}").is_finished());
        }
        for (auto const* word :
             {"waiting", "starting", "waiting_confirmation", "confirmed", "rejected", "running", "stopping", "dreaming"}) {
            CHECK_FALSE(task_of(std::string(R"({"id":1,"status":")") + word + "\"}").is_finished());
        }
        CHECK(task_of(R"({"id":1,"status":"confirmed","end":"2024-10-25T00:05:20Z"})").is_finished());
        CHECK_FALSE(task_of(R"({"id":1,"status":"running","end":"0001-01-01T00:00:00Z"})").is_finished());
    }

    TEST_CASE("an unknown status is kept word for word") {
        auto const t = task_of(R"({"id":1,"status":"dreaming"})");
        CHECK(t.status == task_status::other);
        CHECK(t.raw_status == "dreaming");
    }

    TEST_CASE("variables that are no object are none") {
        for (auto const* text :
             {R"({"id":1,"status":"error","environment":"not json"})", R"({"id":1,"status":"error","environment":"[1]"})",
              R"({"id":1,"status":"error","environment":{"a":"b"}})", R"({"id":1,"status":"error","environment":""})"}) {
            CHECK(task_of(text).variables.empty());
        }
    }

    TEST_CASE("a line of output ends where its text does") {
        auto const line = semaphore::detail::read_output_line(
            base::parse_json_object(R"({"task_id":1,"time":"2024-10-25T00:05:21Z","output":"\u001b[32mok\u001b[0m: [web1]\n"})").value());
        CHECK(line.value().text == "\x1b[32mok\x1b[0m: [web1]");
    }
}
