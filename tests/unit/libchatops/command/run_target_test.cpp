// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <chatrixcd/chatops/command/run_target.hpp>

#include "support/results.hpp"

using namespace chatrixcd;
using namespace chatrixcd::chatops;

namespace {

known_project project(std::string name, std::vector<std::string> jobs, std::string server = "local") {
    known_project out;
    out.server = std::move(server);
    out.project.id = ci::project_id(out.server + "/" + name);
    out.project.name = std::move(name);
    for (auto& each : jobs) {
        ci::job job;
        job.id = ci::job_id(out.project.id, "id-" + each);
        job.name = std::move(each);
        out.jobs.push_back(std::move(job));
    }
    return out;
}

std::vector<known_project> only_one() { return {project("demo", {"hello", "fails", "slow"})}; }
std::vector<known_project> several() {
    return {project("demo", {"hello", "fails"}), project("web", {"deploy", "hello"}), project("7", {"x"})};
}

// As a CI does that numbers what it has: project 12 with jobs 34 and 1, project 3 with job 8.
std::vector<known_project> numbered_by_ci() {
    auto web = project("web", {"deploy", "test"});
    web.project.id = ci::project_id("12");
    web.jobs[0].id = ci::job_id(web.project.id, "34");
    web.jobs[1].id = ci::job_id(web.project.id, "1");
    auto demo = project("demo", {"hello"});
    demo.project.id = ci::project_id("3");
    demo.jobs[0].id = ci::job_id(demo.project.id, "8");
    return {web, demo};
}

std::string chosen(std::vector<known_project> const& known, std::vector<std::string> const& words) {
    auto const found = find_run_target(known, words);
    REQUIRE_MESSAGE(found, found.error().describe());
    return found->project_name + "/" + found->job_name;
}

base::error asked(std::vector<known_project> const& known, std::vector<std::string> const& words) {
    auto const found = find_run_target(known, words);
    REQUIRE(!found);
    return found.error();
}

using base::error_kind;

}  // namespace

TEST_SUITE("chatops::command run target") {
    TEST_CASE("the project may be left out where only one exists") {
        CHECK(chosen(only_one(), {"hello"}) == "demo/hello");
        CHECK(chosen(only_one(), {"demo", "hello"}) == "demo/hello");
        CHECK(chosen(only_one(), {"1", "2"}) == "demo/fails");
        CHECK(chosen(only_one(), {"demo", "3"}) == "demo/slow");
    }
    TEST_CASE("a number alone is a job of the only project") {
        CHECK(chosen(only_one(), {"1"}) == "demo/hello");
        CHECK(chosen(only_one(), {"3"}) == "demo/slow");
        CHECK(asked(only_one(), {"4"}).kind() == error_kind::not_found);
        CHECK(asked(only_one(), {"0"}).kind() == error_kind::not_found);
        CHECK(asked(only_one(), {"01"}).kind() == error_kind::not_found);
    }
    TEST_CASE("with several, a project by name or number and then a job by name or number") {
        CHECK(chosen(several(), {"web", "deploy"}) == "web/deploy");
        CHECK(chosen(several(), {"2", "1"}) == "web/deploy");
        CHECK(chosen(several(), {"7", "1"}) == "7/x");
        CHECK(find_run_target(several(), {"web", "hello"})->job == ci::job_id(ci::project_id("local/web"), "id-hello"));
    }
    TEST_CASE("a forgotten project is asked for, with what could be meant, even if only one job fits") {
        auto const e = asked(several(), {"hello"});
        CHECK(e.kind() == error_kind::conflict);
        CHECK(e.message() ==
              "`hello` is no project, and there is more than one; did you mean `run demo hello` or `run web hello`? Nothing was started.");
        CHECK(asked(several(), {"deploy"}).message().find("`run web deploy`") != std::string::npos);
        CHECK(asked(several(), {"deploy", "hello"}).kind() == error_kind::conflict);
    }
    TEST_CASE("a project without a job is asked, and shows its jobs") {
        CHECK(asked(several(), {"web"}).message() == "Which job of `web`? Write `run web deploy` or `run web hello`.");
        CHECK(find_run_target(several(), {"web"}, "!cd").error().message() ==
              "Which job of `web`? Write `!cd run web deploy` or `!cd run web hello`.");
        CHECK(asked(only_one(), {"demo"}).kind() == error_kind::invalid);
        CHECK(asked(only_one(), {}).message().starts_with("Which job of `demo`?"));
        CHECK(asked(several(), {}).kind() == error_kind::invalid);
        CHECK(asked(several(), {"2"}).message().starts_with("Which job of `web`?"));
    }
    TEST_CASE("a word that names both the only project and a job of it is the project") {
        auto const known = std::vector<known_project>{project("deploy", {"deploy", "test"})};
        CHECK(asked(known, {"deploy"}).message().find("`run deploy deploy`") != std::string::npos);
        CHECK(chosen(known, {"deploy", "deploy"}) == "deploy/deploy");
        CHECK(chosen(known, {"test"}) == "deploy/test");
    }
    TEST_CASE("typing errors are asked about, never guessed") {
        CHECK(asked(only_one(), {"helo"}).message() ==
              "The project `demo` has no job `helo`. Did you mean `run demo hello`? Nothing was started.");
        CHECK(asked(several(), {"wbe", "deploy"}).message() == "There is no project `wbe`. Did you mean `web`?");
        CHECK(asked(only_one(), {"dmeo", "hello"}).message() == "There is no project `dmeo`. Did you mean `demo`?");
        CHECK(asked(only_one(), {"Hello"}).kind() == error_kind::not_found);
    }
    TEST_CASE("words that are left over start nothing") {
        CHECK(asked(only_one(), {"hello", "world"}).message() ==
              "I don't know what to do with `world`; after the job come parameters like `name=value`. Nothing was started.");
        CHECK(asked(only_one(), {"demo", "hello", "world"}).kind() == error_kind::invalid);
    }
    TEST_CASE("two of one name are asked about, and a number tells them apart") {
        auto const twins = std::vector<known_project>{project("web", {"deploy"}, "a"), project("web", {"deploy"}, "b")};
        auto const e = asked(twins, {"web", "deploy"});
        CHECK(e.kind() == error_kind::conflict);
        CHECK(e.message().find("on a") != std::string::npos);
        CHECK(find_run_target(twins, {"2", "deploy"})->server == "b");
        auto const twin_jobs = std::vector<known_project>{project("web", {"deploy", "deploy"})};
        CHECK(asked(twin_jobs, {"deploy"}).kind() == error_kind::conflict);
        CHECK(chosen(twin_jobs, {"web", "2"}) == "web/deploy");
    }
    TEST_CASE("a name that is another one's number is ambiguous") {
        auto const known = std::vector<known_project>{project("2", {"x"}), project("web", {"deploy"})};
        CHECK(asked(known, {"2", "x"}).kind() == error_kind::conflict);
        auto const jobs = std::vector<known_project>{project("demo", {"2", "other"})};
        CHECK(asked(jobs, {"demo", "2"}).kind() == error_kind::conflict);
        CHECK(chosen(jobs, {"demo", "1"}) == "demo/2");
    }
    TEST_CASE("a project alone means its job, if it has but one") {
        CHECK(chosen(several(), {"7"}) == "7/x");
        CHECK(chosen(several(), {"3"}) == "7/x");
        auto const one = std::vector<known_project>{project("demo", {"hello"})};
        CHECK(chosen(one, {}) == "demo/hello");
        CHECK(chosen(one, {"demo"}) == "demo/hello");
        CHECK(chosen(one, {"1"}) == "demo/hello");
    }
    TEST_CASE("numbers that a CI gave mean what they mean there, unless the list has them for something else") {
        auto const known = numbered_by_ci();
        CHECK(chosen(known, {"12", "34"}) == "web/deploy");
        CHECK(chosen(known, {"12", "2"}) == "web/test");
        CHECK(chosen(known, {"3"}) == "demo/hello");  // the only job of project 3
        CHECK(chosen({known.front()}, {"12", "34"}) == "web/deploy");
        CHECK(chosen({known.front()}, {"34"}) == "web/deploy");
        CHECK(chosen({known.back()}, {"3"}) == "demo/hello");
        auto const job = asked(known, {"12", "1"});
        CHECK(job.kind() == error_kind::conflict);
        CHECK(job.message() == "`1` could be more than one job of `web`: number 1 (`deploy`) or number 2 (`test`). Nothing was started.");
        CHECK(job.hint() == "It is the number of one in the list, and of another at its CI: write the name instead.");
        auto crossed = known;
        crossed.back().project.id = ci::project_id("1");
        auto const project = asked(crossed, {"1", "hello"});
        CHECK(project.kind() == error_kind::conflict);
        CHECK(project.hint() == job.hint());
        CHECK(chosen(crossed, {"2", "hello"}) == "demo/hello");
    }
    TEST_CASE("names with blanks are suggested as they must be typed") {
        auto const known = std::vector<known_project>{project("my web", {"deploy prod"})};
        CHECK(asked(known, {"deploy prd"}).message().find("run \"my web\" \"deploy prod\"") != std::string::npos);
    }
    TEST_CASE("without any project there is nothing to run") { CHECK(asked({}, {"hello"}).kind() == error_kind::not_found); }
}
