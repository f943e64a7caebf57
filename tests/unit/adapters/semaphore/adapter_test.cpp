// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "small_server.hpp"

namespace base = chatrixcd::base;
namespace ci = chatrixcd::chatops::ci;
namespace test = chatrixcd::test;
using test::flavour;
using strings = std::vector<std::string>;

namespace {

ci::run ended(test::small_server& world, ci::run_id const& id) {
    for (;;) {
        auto const run = world.wait(world.ci->event_facet()->next()).value();
        if (run.id == id && run.at == ci::phase::finished) return run;
    }
}

}  // namespace

TEST_SUITE("chatops_semaphore::adapter") {
    TEST_CASE("it says what it is and can, and only that") {
        test::small_server world;
        auto const info = world.wait(world.ci->info()).value();
        CHECK(info.kind == "semaphore");
        CHECK(info.version == "v2.16.14-0000000-0");
        CHECK(info.url == "https://ci.example.org");
        CHECK_FALSE(info.keyed_start_native);
        CHECK(world.ci->log_facet() != nullptr);
        CHECK(world.ci->control_facet() != nullptr);
        CHECK(world.ci->event_facet() != nullptr);
        CHECK(world.ci->gate_facet() != nullptr);
    }

    TEST_CASE("what an older server does otherwise is remarked on") {
        using words = std::vector<std::string>;
        test::small_server later;
        CHECK(later.wait(later.ci->remarks()).value() == words{"is asked for its news"});
        test::small_server old(flavour::v2_10_bolt());
        CHECK(old.wait(old.ci->remarks()).value() == words{"is asked for its news", "cannot reject: what waits is stopped instead"});
        old.server.fail_with(503);
        old.pass(std::chrono::minutes(2));
        CHECK(old.wait(old.ci->remarks()).value() == words{"is asked for its news"});
    }

    TEST_CASE("parameters come with help, choices and defaults, and a secret without") {
        test::small_server world(flavour::v2_10_sql());
        auto const job = world.wait(world.ci->job_details(world.request(world.deploy).job)).value();
        REQUIRE(job.parameters.size() >= 3);
        CHECK(job.parameters[0].required);
        CHECK(job.parameters[0].help == "what to deploy");
        CHECK(job.parameters[1].type == ci::parameter_type::choice);
        CHECK(job.parameters[1].choices == strings{"staging", "prod"});
        CHECK(job.parameters[1].default_value == "staging");
        CHECK(job.parameters[2].type == ci::parameter_type::secret);
        CHECK_FALSE(job.parameters[2].default_value);
    }

    TEST_CASE("a run from its start to its end, with its log, its name and where to see it") {
        test::small_server world;
        auto const id = world.started(world.request(world.deploy, {{"version", "1.4.2"}}), "k");
        CHECK(id.str() == "1/1");
        auto const run = ended(world, id);
        CHECK(run.how == ci::outcome::success);
        CHECK(run.raw == "success");
        CHECK(run.job_name == "deploy");
        CHECK(run.url == "https://ci.example.org/project/1/templates/1?t=1");
        CHECK(run.parameters == ci::parameter_values{{"version", "1.4.2"}, {"env", "staging"}});
        auto const log = world.wait(world.ci->log_facet()->read(id, "", 100)).value();
        CHECK(log.lines == strings{"Task 1 added to queue", "Started: 1", "hello", "world"});
        CHECK(log.complete);
    }

    TEST_CASE("the last lines, which come after the end, are waited for") {
        auto as = flavour::v2_16_sql();
        as.log_lags = std::chrono::milliseconds(700);
        test::small_server world(as);
        auto const id = world.started(world.request(world.plain), "k");
        world.pass(std::chrono::milliseconds(800));
        REQUIRE(world.wait(world.ci->get(id)).value().at == ci::phase::finished);
        auto const log = world.wait(world.ci->log_facet()->read(id, "", 100)).value();
        CHECK(log.lines.back() == "world");
        CHECK(log.complete);
    }

    TEST_CASE("a stop that we asked for is a cancel, though 2.10 calls it an error") {
        test::small_server world(flavour::v2_10_bolt());
        auto const id = world.started(world.request(world.slow), "k");
        world.pass(std::chrono::seconds(6));
        CHECK(world.wait(world.ci->control_facet()->cancel(id)));
        auto const run = ended(world, id);
        CHECK(run.raw == "error");
        CHECK(run.how == ci::outcome::canceled);
    }

    TEST_CASE("a task that waits for confirmation is gated") {
        test::small_server world;
        auto const id = world.started(world.request(world.plan), "k");
        world.pass(std::chrono::milliseconds(600));
        auto const run = world.wait(world.ci->get(id)).value();
        CHECK(run.at == ci::phase::gated);
        CHECK(run.raw == "waiting_confirmation");
    }

    TEST_CASE("a run that waits for confirmation goes on or ends as somebody decides") {
        for (auto const& as : {flavour::v2_10_bolt(), flavour::v2_16_sql(), flavour::v2_19_sql()}) {
            test::small_server world(as);
            auto* const gates = world.ci->gate_facet();
            auto const approved = world.started(world.request(world.plan), "a");
            CHECK(world.wait(gates->approve(approved)).error().kind() == base::error_kind::conflict);
            auto const rejected = world.started(world.request(world.plan), "b");
            world.pass(std::chrono::seconds(11));
            CHECK(world.wait(gates->approve(approved)));
            CHECK(world.wait(gates->reject(rejected)));
            CHECK(ended(world, approved).how == ci::outcome::success);
            CHECK(world.wait(world.ci->get(rejected)).value().how == ci::outcome::rejected);
            CHECK(world.wait(gates->reject(approved)).error().kind() == base::error_kind::conflict);
        }
    }

    TEST_CASE("a run that waits for confirmation can be stopped, and one that has ended keeps its end") {
        test::small_server world;
        auto const gated = world.started(world.request(world.plan), "k");
        world.pass(std::chrono::milliseconds(600));
        REQUIRE(world.wait(world.ci->get(gated)).value().at == ci::phase::gated);
        CHECK(world.wait(world.ci->control_facet()->cancel(gated)));
        CHECK(ended(world, gated).how == ci::outcome::canceled);
        auto const done = world.started(world.request(world.plain), "l");
        CHECK(ended(world, done).how == ci::outcome::success);
        CHECK(world.wait(world.ci->control_facet()->cancel(done)).error().kind() == base::error_kind::conflict);
        CHECK(world.wait(world.ci->get(done)).value().how == ci::outcome::success);
    }

    TEST_CASE("a stop that was refused makes no cancel of a later failure") {
        test::small_server world(flavour::v2_10_bolt());
        auto const id = world.started(world.request(world.fail), "k");
        world.server.fail_with(403);
        CHECK(world.wait(world.ci->control_facet()->cancel(id)).error().kind() == base::error_kind::forbidden);
        world.server.fail_with(0);
        CHECK(ended(world, id).how == ci::outcome::failure);
    }

    TEST_CASE("a stop that was lost is sent again only while the run goes on") {
        test::small_server world;
        auto const slow = world.started(world.request(world.slow), "k");
        world.pass(std::chrono::seconds(1));
        world.server.lose_next_stop(/*is_done=*/false);
        CHECK(world.wait(world.ci->control_facet()->cancel(slow)));
        CHECK(ended(world, slow).how == ci::outcome::canceled);
        auto const other = world.started(world.request(world.slow), "l");
        world.pass(std::chrono::seconds(1));
        world.server.lose_next_stop(/*is_done=*/true);
        CHECK(world.wait(world.ci->control_facet()->cancel(other)));
        CHECK(ended(world, other).how == ci::outcome::canceled);
    }

    TEST_CASE("an empty 400 does not make a run gone that its project still lists") {
        test::small_server world;
        auto const id = world.started(world.request(world.slow), "k");
        world.server.fail_with(400);
        CHECK(world.wait(world.ci->get(id)).error().kind() != base::error_kind::not_found);
    }

    TEST_CASE("a hundred runs of a project are followed with one request a round") {
        test::small_server world;
        for (int i = 0; i < 100; ++i) world.started(world.request(world.slow), "k" + std::to_string(i));
        for (int i = 0; i < 100; ++i) world.wait(world.ci->event_facet()->next()).value();
        auto const before = world.server.requests();
        world.wait(world.ci->control_facet()->cancel(ci::run_id("1/50"))).value();
        CHECK(ended(world, ci::run_id("1/50")).how == ci::outcome::canceled);
        CHECK(world.server.requests() - before < 10);
    }

    TEST_CASE("runs are listed with the newest first, of one project or since a time") {
        test::small_server world(flavour::v2_10_bolt());
        world.started(world.request(world.plain), "a");
        world.pass(std::chrono::minutes(1));
        auto const second = world.started(world.request(world.plain), "b");
        auto const all = world.wait(world.ci->runs(ci::run_query(), ci::page_request())).value().items;
        REQUIRE(all.size() == 2);
        CHECK(all[0].id == second);
        ci::run_query recent;
        recent.since = world.time.now() - std::chrono::seconds(30);
        CHECK(world.wait(world.ci->runs(recent, ci::page_request())).value().items.size() == 1);
        ci::run_query other;
        other.project = ci::project_id("2");
        CHECK(world.wait(world.ci->runs(other, ci::page_request())).value().items.empty());
    }

    TEST_CASE("a run of a template that is newer than the list has its name all the same") {
        test::small_server world;
        world.wait(world.ci->jobs(ci::project_id("1"), ci::job_query(), ci::page_request())).value();
        world.pass(std::chrono::seconds(10));
        auto const fresh = world.server.add_template(chatrixcd::semaphore::project_id(1), "fresh", {});
        auto const id = world.started(world.request(fresh), "k");
        CHECK(world.wait(world.ci->get(id)).value().job_name == "fresh");
    }

    TEST_CASE("a template that was renamed is listed by its new name as soon as an answer has it") {
        auto const plain_is_called = [](test::small_server& world) {
            return world.wait(world.ci->jobs(ci::project_id("1"), ci::job_query(), ci::page_request())).value().items.at(1).name;
        };
        using seen = void (*)(test::small_server&);
        seen const ways[] = {[](test::small_server& w) { w.wait(w.ci->runs(ci::run_query(), ci::page_request())).value(); },
                             [](test::small_server& w) { w.wait(w.ci->job_details(test::small_server::request(w.plain).job)).value(); }};
        for (auto const& see : ways) {
            test::small_server world;
            world.started(world.request(world.plain), "k");
            CHECK(plain_is_called(world) == "plain");
            world.pass(std::chrono::seconds(10));
            world.server.rename_template(world.plain, "simple");
            CHECK(plain_is_called(world) == "plain");
            see(world);
            CHECK(plain_is_called(world) == "simple");
        }
    }

    TEST_CASE("schedules are those of allowed projects, and are switched on and off") {
        for (auto const& as : {flavour::v2_10_bolt(), flavour::v2_16_sql()}) {
            test::small_server world(as);
            auto* const facet = world.ci->schedule_facet();
            auto const all = world.wait(facet->list(ci::project_id("1"))).value();
            REQUIRE(all.size() == 2);
            CHECK(all[0].id.str() == "1/1");
            CHECK(all[0].name == "nightly");
            CHECK(all[0].job_name == "plain");
            CHECK(all[0].when == "0 3 * * *");
            CHECK(all[0].active);
            CHECK_FALSE(all[1].active);
            CHECK(world.wait(facet->set_active(all[1].id, true)).has_value());
            CHECK(world.wait(facet->list(ci::project_id("1"))).value()[1].active);
            for (auto const* unknown : {"1/9", "2/1", "1", "x/y", ""}) {
                CHECK(world.wait(facet->set_active(ci::schedule_id(unknown), true)).error().kind() == base::error_kind::not_found);
            }
        }
    }

    TEST_CASE("schedules of projects that the configuration does not name are neither shown nor switched") {
        chatrixcd::chatops::semaphore_ci_options how;
        how.projects = {"hidden"};
        test::small_server world(flavour::v2_16_sql(), how);
        auto* const facet = world.ci->schedule_facet();
        CHECK(world.wait(facet->list(ci::project_id("1"))).error().kind() == base::error_kind::forbidden);
        CHECK(world.wait(facet->set_active(ci::schedule_id("1/1"), false)).error().kind() == base::error_kind::forbidden);
    }
}
