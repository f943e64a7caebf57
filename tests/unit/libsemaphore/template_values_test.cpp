// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "values/read.hpp"

namespace base = chatrixcd::base;
namespace semaphore = chatrixcd::semaphore;
using semaphore::survey_type;
using strings = std::vector<std::string>;

namespace {

semaphore::job_template template_of(std::string_view text) {
    return semaphore::detail::read_template(base::parse_json_object(text).value()).value();
}

constexpr char const* old_one =
    R"({"id":3,"project_id":1,"inventory_id":null,"repository_id":1,"environment_id":1,"name":"Hello","playbook":"hello.sh",)"
    R"("arguments":null,"allow_override_args_in_task":false,"description":"","vaults":null,"type":"","start_version":null,)"
    R"("build_template_id":null,"view_id":null,"last_task":null,"autorun":false,"git_branch":null,"survey_vars":null,)"
    R"("suppress_success_alerts":false,"app":"bash","tasks":0})";

}  // namespace

TEST_SUITE("semaphore::job_template") {
    TEST_CASE("a template of 2.10 has one switch, and says of the others nothing") {
        auto const t = template_of(old_one);
        CHECK(t.name == "Hello");
        CHECK(t.app == "bash");
        CHECK(t.repository == semaphore::repository_id(1));
        CHECK_FALSE(t.inventory);
        CHECK_FALSE(t.allows.arguments);
        CHECK_FALSE(t.allows.branch);
        CHECK_FALSE(t.allows.limit);
        CHECK(t.survey.empty());
    }

    TEST_CASE("a newer template says what a task may set") {
        auto const t = template_of(
            R"({"id":3,"name":"deploy","app":"ansible","inventory_id":2,"environment_id":0,"allow_override_branch_in_task":true,)"
            R"("task_params":{"allow_override_limit":true,"allow_debug":true}})");
        CHECK(t.allows.branch == true);
        CHECK(t.allows.limit == true);
        CHECK(t.allows.tags == false);
        CHECK(t.allows.debug == true);
        CHECK_FALSE(t.environment);
    }

    TEST_CASE("a newer template without a switch allows nothing") {
        auto const t =
            template_of(R"({"id":6,"project_id":2,"repository_id":1,"environment_id":2,"name":"Hello","playbook":"h.sh","app":"bash"})");
        CHECK(t.allows.branch == false);
        CHECK(t.allows.inventory == false);
        CHECK(t.allows.limit == false);
    }

    TEST_CASE("survey variables of each type, with one default or several") {
        auto const t = template_of(
            R"({"id":3,"name":"deploy","survey_vars":[)"
            R"({"name":"version","title":"Version","required":true,"type":"","description":"what to deploy"},)"
            R"({"name":"count","required":false,"type":"int","default_value":"3"},)"
            R"({"name":"env","type":"enum","values":[{"name":"Staging","value":"staging"},{"name":"Production","value":"prod"}]},)"
            R"({"name":"hosts","type":"select","values":[{"name":"a","value":"a"}],"default_value":["a","b"]},)"
            R"({"name":"password","type":"secret","required":true},)"
            R"({"name":"colour","type":"rainbow"}]})");
        REQUIRE(t.survey.size() == 6);
        CHECK(t.survey[0].required);
        CHECK(t.survey[0].description == "what to deploy");
        CHECK(t.survey[1].type == survey_type::integer);
        CHECK(t.survey[1].defaults == strings{"3"});
        CHECK(t.survey[2].type == survey_type::choice);
        CHECK(t.survey[2].choices.at(1) == std::pair<std::string, std::string>{"Production", "prod"});
        CHECK(t.survey[3].type == survey_type::several);
        CHECK(t.survey[3].defaults == strings{"a", "b"});
        CHECK(t.survey[4].type == survey_type::secret);
        CHECK(t.survey[5].type == survey_type::text);
        CHECK(t.survey[5].raw_type == "rainbow");
    }

    TEST_CASE("the fingerprint changes with the definition, and with nothing else") {
        auto const before = semaphore::fingerprint(template_of(old_one));
        CHECK(before.size() == 64);
        auto used = base::parse_json_object(old_one).value();
        used["last_task"] = boost::json::object{{"id", 9}};
        used["tasks"] = 12;
        CHECK(semaphore::fingerprint(semaphore::detail::read_template(used).value()) == before);
        auto terse = base::parse_json_object(old_one).value();
        terse.erase("arguments");
        terse.erase("vaults");
        CHECK(semaphore::fingerprint(semaphore::detail::read_template(terse).value()) == before);
        auto edited = base::parse_json_object(old_one).value();
        edited["playbook"] = "other.sh";
        CHECK(semaphore::fingerprint(semaphore::detail::read_template(edited).value()) != before);
    }
}
