// SPDX-License-Identifier: Apache-2.0
// What a start may and may not do, and how it is found again.
#include "small_server.hpp"

namespace base = chatrixcd::base;
namespace ci = chatrixcd::chatops::ci;
namespace test = chatrixcd::test;
using base::error_kind;
using test::flavour;

TEST_SUITE("chatops_semaphore::starts") {
    TEST_CASE("a plan has the defaults that the server does not fill in, and is refused where the server would not") {
        test::small_server world;
        auto const made = world.wait(world.ci->prepare(world.request(world.deploy, {{"version", "1.4.2"}}))).value();
        CHECK(made.effective == ci::parameter_values{{"version", "1.4.2"}, {"env", "staging"}});
        CHECK(made.job_name == "deploy");
        auto const refuse = [&](ci::parameter_values with) {
            auto const refused = world.wait(world.ci->prepare(world.request(world.deploy, std::move(with))));
            REQUIRE_FALSE(refused);
            CHECK(refused.error().kind() == error_kind::invalid);
            return refused.error().message();
        };
        CHECK(refuse({}).find("needs the parameter") != std::string::npos);
        CHECK(refuse({{"version", "1"}, {"env", "nowhere"}}).find("staging") != std::string::npos);
        CHECK(refuse({{"versoin", "1"}}).find("did you mean") != std::string::npos);
        CHECK(world.wait(world.ci->prepare(world.request(chatrixcd::semaphore::template_id(99)))).error().kind() == error_kind::not_found);
    }

    TEST_CASE("an option that the template does not take starts nothing, and a message goes behind the key") {
        test::small_server world;
        auto const refused = world.wait(world.ci->prepare(world.request(world.plain, {{"--limit", "web1"}})));
        REQUIRE_FALSE(refused);
        CHECK(refused.error().message().find("does not take --limit") != std::string::npos);
        CHECK(world.wait(world.ci->runs(ci::run_query(), ci::page_request())).value().items.empty());
        auto const id = world.started(world.request(world.plain, {{"--message", "for the release"}}), "k-1");
        auto const found = world.wait(world.ci->find(ci::project_id("1"), ci::run_key("k-1"), world.time.now())).value();
        REQUIRE(std::holds_alternative<ci::found_run>(found));
        CHECK(std::get<ci::found_run>(found).id == id);
    }

    TEST_CASE("a template that was changed after the plan starts nothing") {
        test::small_server world;
        auto const made = world.wait(world.ci->prepare(world.request(world.plain))).value();
        world.server.edit_template(world.plain);
        auto const refused = world.wait(world.ci->start(made, ci::run_key("k")));
        REQUIRE_FALSE(refused);
        CHECK(refused.error().kind() == error_kind::conflict);
        CHECK(refused.error().message() == "the template \"plain\" has changed since the run was planned");
        auto const found = world.wait(world.ci->find(ci::project_id("1"), ci::run_key("k"), world.time.now())).value();
        CHECK(std::holds_alternative<ci::absent>(found));
    }

    TEST_CASE("a start whose answer is lost is found by its key, in the right project alone") {
        for (auto const& as : {flavour::v2_10_bolt(), flavour::v2_19_sql()}) {
            test::small_server world(as);
            auto const since = world.time.now();
            world.server.lose_next_answer();
            CHECK(world.start(world.request(world.plain), "k-1").error().kind() == error_kind::timeout_unknown);
            auto const found = world.wait(world.ci->find(ci::project_id("1"), ci::run_key("k-1"), since)).value();
            CHECK(std::holds_alternative<ci::found_run>(found));
            auto const part = world.wait(world.ci->find(ci::project_id("1"), ci::run_key("k-"), since)).value();
            CHECK(std::holds_alternative<ci::absent>(part));
            auto const elsewhere = world.wait(world.ci->find(ci::project_id("2"), ci::run_key("k-1"), since)).value();
            CHECK(std::holds_alternative<ci::absent>(elsewhere));
        }
    }

    TEST_CASE("a server that fails to answer a start leaves it in doubt, one that fails before it does not") {
        test::small_server world;
        auto const made = world.wait(world.ci->prepare(world.request(world.plain))).value();
        world.server.fail_with(502);
        auto const refused = world.wait(world.ci->start(made, ci::run_key("k")));
        REQUIRE_FALSE(refused);
        CHECK(refused.error().kind() == error_kind::unavailable);
    }

    TEST_CASE("a project that the configuration does not name cannot be used by its number") {
        chatrixcd::chatops::semaphore_ci_options how;
        how.projects = {"web"};
        test::small_server world(flavour::v2_16_sql(), how);
        CHECK(world.wait(world.ci->projects(ci::page_request())).value().items.size() == 1);
        auto const hidden = ci::job_id(ci::project_id("2"), "1");
        CHECK(world.wait(world.ci->job_details(hidden)).error().kind() == error_kind::not_found);
        CHECK(world.wait(world.ci->prepare(ci::run_request(hidden, {}))).error().kind() == error_kind::not_found);
        CHECK(world.wait(world.ci->get(ci::run_id("2/1"))).error().kind() == error_kind::not_found);
    }

    TEST_CASE("a project of the configuration that the server does not show is named") {
        chatrixcd::chatops::semaphore_ci_options how;
        how.projects = {"webb"};
        test::small_server world(flavour::v2_16_sql(), how);
        auto const refused = world.wait(world.ci->projects(ci::page_request()));
        REQUIRE_FALSE(refused);
        CHECK(refused.error().message() == "the configuration names the project \"webb\", which the server does not show");
    }
}
