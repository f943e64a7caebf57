// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/base/files.hpp>
#include <chatrixcd/chatops/ci/json.hpp>

#include "small_jobs.hpp"

namespace {

using namespace chatrixcd;
using namespace chatrixcd::chatops;
using base::error_kind;
using test::small_jobs;
using strings = std::vector<std::string>;

ci::run_id start(small_jobs& world, ci::run_request what, std::string key) {
    auto const plan = world.wait(world.ci->prepare(std::move(what))).value();
    auto const started = world.wait(world.ci->start(plan, ci::run_key(std::move(key)))).value();
    return std::get<ci::run_id>(started);
}

// Follows the events until the run has finished.
ci::run finished(small_jobs& world, ci::run_id const& id) {
    for (;;) {
        auto const run = world.wait(world.ci->event_facet()->next()).value();
        if (run.id == id && run.at == ci::phase::finished) return run;
    }
}

}  // namespace

TEST_SUITE("chatops_executor::adapter") {
    TEST_CASE("it says what it is and can, and only that") {
        small_jobs world;
        auto const info = world.wait(world.ci->info()).value();
        CHECK(info.kind == "executor");
        CHECK(info.keyed_start_native);
        CHECK_FALSE(info.version.empty());
        CHECK(world.ci->log_facet() != nullptr);
        CHECK(world.ci->control_facet() != nullptr);
        CHECK(world.ci->event_facet() != nullptr);
        CHECK(world.ci->gate_facet() == nullptr);
        CHECK(world.ci->artifact_facet() == nullptr);
        CHECK(world.ci->schedule_facet() == nullptr);
        CHECK(world.wait(world.ci->resolve(ci::ticket("1"))).error().kind() == error_kind::unsupported);
    }

    TEST_CASE("jobs come with their parameters") {
        small_jobs world;
        auto const job = world.wait(world.ci->job_details(world.request("hello").job)).value();
        REQUIRE(job.parameters.size() == 3);
        CHECK(job.parameters[0].default_value == "world");
        CHECK(job.parameters[0].help == "whom to greet");
        CHECK(job.parameters[1].type == ci::parameter_type::integer);
        CHECK(job.parameters[2].type == ci::parameter_type::secret);
        ci::job_query with_an_s;
        with_an_s.text = "s";
        auto const page = world.wait(world.ci->jobs(ci::project_id("demo"), with_an_s, ci::page_request())).value();
        REQUIRE(page.items.size() == 1);
        CHECK(page.items[0].name == "slow");
        CHECK(world.wait(world.ci->jobs(ci::project_id("none"), with_an_s, ci::page_request())).error().kind() == error_kind::not_found);
        ci::page_request odd;
        odd.cursor = "-1";
        CHECK(world.wait(world.ci->projects(odd)).error().kind() == error_kind::invalid);
        odd.cursor = "";
        odd.limit = 1001;
        CHECK(world.wait(world.ci->projects(odd)).error().kind() == error_kind::invalid);
    }

    TEST_CASE("prepare() fills in defaults, refuses what is wrong, and starts nothing") {
        small_jobs world;
        auto const plan = world.wait(world.ci->prepare(world.request("hello", {{"count", "007"}}))).value();
        CHECK(plan.effective == ci::parameter_values{{"who", "world"}, {"count", "7"}});
        auto const refuse = [&](ci::parameter_values with) {
            auto const refused = world.wait(world.ci->prepare(world.request("hello", std::move(with))));
            REQUIRE_FALSE(refused.has_value());
            CHECK(refused.error().kind() == error_kind::invalid);
            return refused.error().message() + " | " + refused.error().hint();
        };
        CHECK(refuse({{"whom", "x"}}).ends_with("did you mean \"who\"?"));
        CHECK(refuse({{"count", "many"}}).find("\"many\" is not a whole number") != std::string::npos);
        CHECK(refuse({{"who", "--help"}}).find("would be an option") != std::string::npos);
        CHECK(world.wait(world.ci->prepare(world.request("helo"))).error().kind() == error_kind::not_found);
        CHECK(world.wait(world.ci->runs(ci::run_query(), ci::page_request())).value().items.empty());
    }

    TEST_CASE("a plan that was made for another definition does not start") {
        small_jobs world;
        auto plan = world.wait(world.ci->prepare(world.request("hello"))).value();
        plan.fingerprint = std::string(64, '0');
        CHECK(world.wait(world.ci->start(plan, ci::run_key("k"))).error().kind() == error_kind::conflict);
        auto const found = world.wait(world.ci->find(ci::project_id("demo"), ci::run_key("k"), {})).value();
        CHECK(std::holds_alternative<ci::absent>(found));
    }

    TEST_CASE("a run from its start to its end, with its log") {
        small_jobs world;
        auto const id = start(world, world.request("hello", {{"who", "$(id) ; x"}}), "k");
        auto const run = finished(world, id);
        CHECK(run.how == ci::outcome::success);
        CHECK(run.raw == "success");
        CHECK(run.job_name == "hello");
        auto const log = world.wait(world.ci->log_facet()->read(id, "", 100)).value();
        CHECK(log.lines == strings{"hello", "$(id) ; x"});
        CHECK(log.complete);
        CHECK(world.wait(world.ci->log_facet()->read(id, log.next, 100)).value().lines.empty());
        CHECK(world.wait(world.ci->log_facet()->read(id, "x", 100)).error().kind() == error_kind::invalid);
        CHECK(world.wait(world.ci->log_facet()->read(id, "", 0)).error().kind() == error_kind::invalid);
        CHECK(world.wait(world.ci->log_facet()->tail(ci::run_id("1x"), 1)).error().kind() == error_kind::not_found);
        CHECK(ci::run_from_json(ci::to_json(run)).value() == run);
    }

    TEST_CASE("a secret reaches its job and nothing else") {
        base::temporary_folder const folder("executor");
        {
            small_jobs world(folder.path());
            auto const id = start(world, world.request("hello", {{"token", "hunter2"}}), "k");
            auto const run = finished(world, id);
            CHECK(run.parameters == ci::parameter_values{{"who", "world"}});
            CHECK(world.wait(world.ci->log_facet()->read(id, "", 100)).value().lines == strings{"hello", "world", "got it"});
        }
        for (auto const* const file : {"/executor.db", "/executor.db-wal"}) {
            auto const bytes = base::read_file(folder.path() + file, 1 << 24);
            if (bytes) CHECK(bytes->find("hunter2") == std::string::npos);
        }
    }

    TEST_CASE("find() knows the key for good, in its own project") {
        base::temporary_folder const folder("executor");
        ci::run_id id;
        auto const find = [&](small_jobs& world, std::string project) {
            auto const since = world.time->now() + std::chrono::hours(1);
            return world.wait(world.ci->find(ci::project_id(std::move(project)), ci::run_key("k"), since)).value();
        };
        {
            small_jobs world(folder.path());
            CHECK(std::holds_alternative<ci::absent>(find(world, "demo")));
            id = start(world, world.request("slow"), "k");
            CHECK(find(world, "demo") == ci::found(ci::found_run{id}));
        }
        small_jobs again(folder.path());
        CHECK(find(again, "demo") == ci::found(ci::found_run{id}));
        CHECK(std::holds_alternative<ci::absent>(find(again, "other")));
    }

    TEST_CASE("runs are paged newest first") {
        small_jobs world;
        for (auto const* const key : {"a", "b", "c"}) finished(world, start(world, world.request("fail"), key));
        strings seen;
        ci::page_request two;
        two.limit = 2;
        do {
            auto const page = world.wait(world.ci->runs(ci::run_query(), two)).value();
            for (auto const& run : page.items) seen.push_back(run.id.str() + " " + run.detail);
            two.cursor = page.next;
        } while (!two.cursor.empty());
        CHECK(seen == strings{"3 exit status 3", "2 exit status 3", "1 exit status 3"});
    }
}
