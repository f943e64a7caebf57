// SPDX-License-Identifier: Apache-2.0
#include "run_options.hpp"

#include <doctest/doctest.h>

namespace base = chatrixcd::base;
namespace ci = chatrixcd::chatops::ci;
namespace semaphore = chatrixcd::semaphore;
namespace semaphore_ci = chatrixcd::chatops::semaphore_ci;
using strings = std::vector<std::string>;

namespace {

semaphore::job_template newer(std::string app) {
    semaphore::job_template t;
    t.name = "deploy";
    t.app = std::move(app);
    t.allows.branch = t.allows.inventory = t.allows.limit = t.allows.tags = t.allows.skip_tags = t.allows.debug = false;
    return t;
}

semaphore::job_template older(std::string app) {
    semaphore::job_template t;
    t.app = std::move(app);
    return t;
}

strings names_of(semaphore::job_template const& t) {
    strings names;
    for (auto const& spec : semaphore_ci::options_of(t)) names.push_back(spec.name);
    return names;
}

}  // namespace

TEST_SUITE("chatops_semaphore::run_options") {
    TEST_CASE("a template offers what its server would obey, and nothing else") {
        CHECK(names_of(newer("bash")) == strings{"--message"});
        CHECK(names_of(newer("ansible")) == strings{"--message", "--dry-run", "--diff"});
        CHECK(names_of(older("bash")) == strings{"--branch", "--message"});
        CHECK(names_of(older("")) == strings{"--limit", "--branch", "--inventory", "--message", "--dry-run", "--diff", "--debug"});
        auto open = newer("ansible");
        open.allows.branch = open.allows.inventory = open.allows.limit = open.allows.tags = open.allows.skip_tags = open.allows.debug =
            true;
        open.allows.arguments = true;
        CHECK(names_of(open).size() == 10);
    }

    TEST_CASE("what would be dropped is refused, with what would help") {
        auto const why = [](semaphore::job_template const& t, char const* name) {
            auto const refused = semaphore_ci::refused_option(t, {{"version", "1"}, {name, "x"}});
            return refused ? refused->describe() : std::string();
        };
        CHECK(why(newer("ansible"), "--limit") ==
              "the template \"deploy\" does not take --limit: Semaphore would drop it, and run without it. let the template's tasks "
              "override the limit");
        CHECK(why(newer("bash"), "--limit").ends_with("only Ansible templates have it"));
        CHECK(why(newer("bash"), "--branch").ends_with("let the template's tasks override the branch"));
        CHECK(why(older(""), "--tags").find("2.12") != std::string::npos);
        CHECK(why(older(""), "--limit").empty());
        CHECK(why(newer("bash"), "--message").empty());
        CHECK(why(newer("bash"), "--unheard-of").empty());
    }

    TEST_CASE("options reach the task as it wants them") {
        semaphore::new_task task(semaphore::template_id(1));
        task.message = "ChatrixCD k";
        CHECK(semaphore_ci::set_option(task, "--limit", "web1, web2"));
        CHECK(semaphore_ci::set_option(task, "--tags", "a,b"));
        CHECK(semaphore_ci::set_option(task, "--args", "--forks 5"));
        CHECK(semaphore_ci::set_option(task, "--branch", "main"));
        CHECK(semaphore_ci::set_option(task, "--inventory", "4"));
        CHECK(semaphore_ci::set_option(task, "--message", "for the release"));
        CHECK(semaphore_ci::set_option(task, "--dry-run", "true"));
        CHECK_FALSE(semaphore_ci::set_option(task, "version", "1"));
        CHECK(task.limit == strings{"web1", "web2"});
        CHECK(task.tags == strings{"a", "b"});
        CHECK(task.arguments == strings{"--forks", "5"});
        CHECK(task.git_branch == "main");
        CHECK(task.inventory == semaphore::inventory_id(4));
        CHECK(task.message == "ChatrixCD k for the release");
        CHECK(task.dry_run);
        CHECK_FALSE(task.diff);
    }
}
