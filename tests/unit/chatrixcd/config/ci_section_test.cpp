// SPDX-License-Identifier: Apache-2.0
#include "config/ci_section.hpp"

#include <doctest/doctest.h>

#include "unit/chatrixcd/config/load_text.hpp"

namespace chatrixcd::bot {
namespace {

loaded_config with_ci(std::string const& ci) {
    return load_text("{\n\"matrix\": {\"user_id\": \"@b:x\", \"password\": \"p\"},\n\"ci\": " + ci + "\n}");
}

}  // namespace

TEST_SUITE("bot::config::ci") {
    TEST_CASE("a job has its folder, environment, parameters and time-out") {
        auto const loaded = with_ci(R"([{name: "local", type: "executor", projects: [{name: "web", jobs: [{
            name: "deploy", argv: ["/usr/bin/deploy", "{version}", "{env}"], folder: "/srv", timeout: 90, environment: {MODE: "fast", LEVEL: 3},
            parameters: [{name: "version", required: true}, {name: "env", choices: ["a", "b"], default: "a"}]}]}]}])");
        REQUIRE_MESSAGE(loaded.problems.empty(), loaded.problems.front());
        auto const& job = loaded.values.ci.at(0).projects.at(0).jobs.at(0);
        CHECK(job.folder == "/srv");
        CHECK(job.timeout == std::chrono::seconds(90));
        CHECK(job.environment.at(1) == std::pair<std::string, std::string>("LEVEL", "3"));
        CHECK(job.parameters.at(0).required);
        CHECK(job.parameters.at(1).type == executor::parameter_type::choice);
    }

    TEST_CASE("two jobs of one name are refused where the second stands") {
        auto const loaded = with_ci(R"([{name: "local", type: "executor", projects: [{name: "web", jobs: [
            {name: "a", argv: ["/bin/true"]},
            {name: "a", argv: ["/bin/true"]}]}]}])");
        REQUIRE(loaded.problems.size() == 1);
        CHECK(says(loaded.problems, {"bot.hjson:5", "jobs[1]"}));
    }

    TEST_CASE("two servers of one name are refused") {
        auto const loaded = with_ci(R"([{name: "l", type: "executor"}, {name: "l", type: "executor"}])");
        CHECK(says(loaded.problems, {"ci[1].name", "taken"}));
    }

    TEST_CASE("a server of no known type is refused") {
        CHECK(says(with_ci(R"([{name: "s", type: "jenkins"}])").problems, {"ci[0].type", "`jenkins` is not a known type"}));
        CHECK(says(with_ci(R"([{name: "s"}])").problems, {"ci[0].type", "is missing"}));
    }

    TEST_CASE("a job without a program is refused") {
        CHECK(says(with_ci(R"([{name: "l", type: "executor", projects: [{name: "p", jobs: [{name: "a"}]}]}])").problems, {"argv"}));
    }

    TEST_CASE("an unknown key of a job warns with its line") {
        auto const loaded = with_ci(R"([{name: "l", type: "executor", projects: [{name: "p", jobs: [
            {name: "a", argv: ["/bin/true"], enviroment: {}}]}]}])");
        CHECK(says(loaded.warnings, {"bot.hjson:4", "did you mean `environment`"}));
    }

    TEST_CASE("a list that is no list is said so, at any depth") {
        CHECK(says(with_ci(R"({name: "l"})").problems, {"ci: is an object, should be a list"}));
        CHECK(says(with_ci(R"([{name: "l", type: "executor", projects: "p"}])").problems, {"ci[0].projects"}));
    }
}

}  // namespace chatrixcd::bot
