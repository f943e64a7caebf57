// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <chatrixcd/executor/definition.hpp>

namespace {

using namespace chatrixcd::executor;

parameter text(std::string name) {
    parameter p;
    p.name = std::move(name);
    return p;
}

std::vector<project> one(job what) {
    project demo;
    demo.name = "demo";
    demo.jobs.push_back(std::move(what));
    return {demo};
}

job hello() {
    job what;
    what.name = "hello";
    what.argv = {"/bin/echo", "{who}"};
    what.parameters = {text("who")};
    return what;
}

// The only problem, as "path: message".
std::string only(job what) {
    auto const found = validate(one(std::move(what)));
    REQUIRE(found.size() == 1);
    CHECK_FALSE(found[0].hint.empty());
    return found[0].path + ": " + found[0].message;
}

}  // namespace

TEST_SUITE("executor::validate") {
    TEST_CASE("a sound definition has no problem") { CHECK(validate(one(hello())).empty()); }

    TEST_CASE("every mistake is reported, each with its place") {
        auto first = hello();
        first.argv.clear();
        first.parameters.clear();
        auto second = hello();
        second.argv[1] = "{whom}";
        auto projects = one(first);
        projects[0].jobs.push_back(second);
        auto const found = validate(projects);
        REQUIRE(found.size() == 4);
        CHECK(found[0].path == "projects[0].jobs[0].argv");
        CHECK(found[1].path == "projects[0].jobs[1].name");
        CHECK(found[2].path == "projects[0].jobs[1].argv[1]");
        CHECK(found[2].hint.find("{who}") != std::string::npos);
        CHECK(found[3].message.find("used nowhere") != std::string::npos);
    }

    TEST_CASE("names keep to their rules and are unique") {
        std::vector<std::string> const wrong = {"", "-x", "a b", "a=b", "ä", "a/b", std::string(65, 'a')};
        for (auto const& name : wrong) {
            auto what = hello();
            what.name = name;
            CHECK(only(what).starts_with("projects[0].jobs[0].name: "));
        }
        auto projects = one(hello());
        projects.push_back(projects[0]);
        REQUIRE(validate(projects).size() == 1);
        CHECK(validate(projects)[0].path == "projects[1].name");
    }

    TEST_CASE("the program is never chosen by a parameter") {
        auto what = hello();
        what.argv = {"/bin/{who}"};
        CHECK(only(what) == "projects[0].jobs[0].argv[0]: the program is the same for every run");
    }

    TEST_CASE("an argument and a variable may hold the run's key") {
        auto what = hello();
        what.argv.emplace_back("{run.key}");
        what.environment = {{"KEY", "{run.key}"}};
        CHECK(validate(one(what)).empty());
    }

    TEST_CASE("a secret stays out of the argument list") {
        auto what = hello();
        what.parameters[0].type = parameter_type::secret;
        CHECK(only(what).find("everybody who lists processes") != std::string::npos);
        what.argv = {"/bin/true"};
        what.environment = {{"TOKEN", "{who}"}};
        CHECK(validate(one(what)).empty());
    }

    TEST_CASE("defaults, choices and patterns fit their type") {
        auto what = hello();
        auto& p = what.parameters[0];
        p.type = parameter_type::integer;
        p.default_value = "many";
        CHECK(only(what) == "projects[0].jobs[0].parameters[0].default: parameter \"who\": \"many\" is not a whole number");
        p.default_value = "7";
        p.required = true;
        CHECK(only(what).find("a required parameter has no default") != std::string::npos);
        p = text("who");
        p.type = parameter_type::choice;
        CHECK(only(what).find("needs choices") != std::string::npos);
        p.choices = {"a", "b", "a"};
        CHECK(only(what).starts_with("projects[0].jobs[0].parameters[0].choices[2]: "));
        p = text("who");
        p.pattern = "(unclosed";
        CHECK(only(what).find("no regular expression") != std::string::npos);
        p.pattern = "[a-z]+";
        p.default_value = "A";
        CHECK(only(what).find("does not fit") != std::string::npos);
    }

    TEST_CASE("variables are named properly and once") {
        for (auto const* const name : {"", "A=B"}) {
            auto what = hello();
            what.environment = {{name, "x"}};
            CHECK(only(what).starts_with("projects[0].jobs[0].environment."));
        }
        auto what = hello();
        what.environment = {{"A", "x"}, {"A", "y"}};
        CHECK(only(what).find("there already") != std::string::npos);
    }

    TEST_CASE("the fingerprint changes with what a start would do, and not with a description") {
        auto const original = fingerprint(hello());
        CHECK(original.size() == 64);
        auto what = hello();
        what.description = "says hello";
        CHECK(fingerprint(what) == original);
        what.argv = {"/bin/echo{who}"};
        CHECK(fingerprint(what) != original);
        what = hello();
        what.argv = {"/bin/echo", "{", "who}"};
        CHECK(fingerprint(what) != original);
        what = hello();
        what.parameters[0].allow_leading_dash = true;
        CHECK(fingerprint(what) != original);
        what = hello();
        what.timeout = std::chrono::seconds(1);
        CHECK(fingerprint(what) != original);
    }
}
