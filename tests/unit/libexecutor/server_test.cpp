// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/base/files.hpp>
#include <chatrixcd/base/task_group.hpp>

#include "rig.hpp"

namespace {

using namespace chatrixcd;
using namespace chatrixcd::executor;
using base::error_kind;
using test::rig;
using strings = std::vector<std::string>;

executor::options with_limit(std::size_t max_running) {
    executor::options settings;
    settings.max_running = max_running;
    return settings;
}

}  // namespace

TEST_SUITE("executor::server") {
    TEST_CASE("a job that ends with status 0 is a success, with its times") {
        rig r;
        r.open();
        auto const id = r.start("key-1");
        CHECK(id == 1);
        CHECK(r.get(id).state == run_state::running);
        r.time.skew(std::chrono::seconds(5));
        r.process(0).exit(0);
        auto const run = r.finished(id);
        CHECK(run.state == run_state::success);
        CHECK(run.detail.empty());
        CHECK(run.key == "key-1");
        CHECK(run.parameters == parameter_values{{"what", "it"}});
        REQUIRE(run.started);
        REQUIRE(run.ended);
        CHECK(*run.ended - *run.started >= std::chrono::seconds(5));
        CHECK(r.process(0).gone);
    }

    TEST_CASE("a failure says how") {
        rig r;
        r.open();
        auto const first = r.start("a");
        r.process(0).exit(3);
        CHECK(r.finished(first).state == run_state::failure);
        CHECK(r.get(first).detail == "exit status 3");
        auto const second = r.start("b");
        r.process(1).die(9);
        CHECK(r.finished(second).state == run_state::failure);
        CHECK(r.get(second).detail == "killed by signal 9");
    }

    TEST_CASE("a program that does not exist is an error of the run, not of the start") {
        rig r;
        r.open();
        r.spawner.refuse = base::error(error_kind::not_found, "no such program: /bin/nope");
        auto const run = r.finished(r.start("a"));
        CHECK(run.state == run_state::error);
        CHECK(run.detail == "no such program: /bin/nope");
        CHECK_FALSE(run.started);
        CHECK(run.ended);
    }

    TEST_CASE("a job finds PATH and what its definition lists in its environment, nothing else") {
        auto projects = test::demo_projects();
        projects[0].jobs[0].environment = {{"MODE", "fast {what}"}, {"KEY", "{run.key}"}};
        executor::options settings;
        settings.projects = projects;
        settings.path = "/only/here";
        rig r(settings);
        r.open();
        r.start("the-key", "build", {{"what", "a b"}});
        auto const& spec = r.process(0).spec;
        CHECK(spec.argv == strings{"/bin/work", "a b"});
        using variables = std::vector<std::pair<std::string, std::string>>;
        CHECK(spec.environment == variables{{"MODE", "fast a b"}, {"KEY", "the-key"}, {"PATH", "/only/here"}});
    }

    TEST_CASE("the row is committed as starting before the process is started") {
        base::temporary_folder const folder("executor");
        executor::options settings;
        settings.store_folder = folder.path();
        settings.max_running = 1;
        int commits = 0;
        settings.store_hooks.after_commit = [&] { ++commits; };
        rig r(settings);
        r.open();
        int at_spawn = 0;
        r.spawner.before_spawn = [&](base::process_spec const&) { at_spawn = commits; };
        auto const before = commits;
        r.start("a");
        CHECK(at_spawn > before);
        r.start("b");
        CHECK(r.get(2).state == run_state::queued);
        auto const waiting = commits;
        r.process(0).exit(0);
        r.settle();
        CHECK(at_spawn == waiting + 2);  // the end of the first, and `starting` of the second
        CHECK(r.get(2).state == run_state::running);
    }

    TEST_CASE("a second start with the same key is the same run") {
        rig r;
        r.open();
        auto const id = r.start("same");
        CHECK(r.start("same") == id);
        CHECK(r.start("same", "build", {{"what", "other"}}) == id);
        r.process(0).exit(0);
        r.finished(id);
        CHECK(r.start("same") == id);
        CHECK(r.spawner.started.size() == 1);
        auto const other_job = r.try_start("same", "deploy");
        REQUIRE_FALSE(other_job.has_value());
        CHECK(other_job.error().kind() == error_kind::conflict);
    }

    TEST_CASE("two starts with one key at the same moment are one run") {
        rig r;
        r.open();
        std::vector<run_id> ids;
        base::task_group both(r.loop.get_executor(), nullptr);
        auto const start = [&r, &ids]() -> test::asio::awaitable<void> {
            start_request what("demo", "build", {}, "same");
            auto const id = co_await r.server->start(what);
            ids.push_back(id.value());
        };
        both.spawn(start());
        both.spawn(start());
        r.wait(both.join());
        CHECK(ids == std::vector<run_id>{1, 1});
        r.settle();
        CHECK(r.spawner.started.size() == 1);
    }

    TEST_CASE("find() knows every key, and no other") {
        rig r;
        r.open();
        CHECK(r.wait(r.server->find("a")).value() == std::nullopt);
        auto const id = r.start("a");
        CHECK(r.wait(r.server->find("a")).value() == id);
        CHECK(r.wait(r.server->find("b")).value() == std::nullopt);
    }

    TEST_CASE("what cannot be started is refused before anything is stored") {
        rig r;
        r.open();
        CHECK(r.try_start("", "build").error().kind() == error_kind::invalid);
        CHECK(r.try_start("a b", "build").error().kind() == error_kind::invalid);
        CHECK(r.try_start(std::string(65, 'a'), "build").error().kind() == error_kind::invalid);
        auto const job = r.try_start("a", "biuld");
        CHECK(job.error().kind() == error_kind::not_found);
        CHECK(job.error().hint() == "did you mean \"build\"?");
        CHECK(r.try_start("a", "build", {{"who", "x"}}).error().kind() == error_kind::invalid);
        CHECK(r.try_start("a", "build", {{"what", "--force"}}).error().kind() == error_kind::invalid);
        start_request changed("demo", "build", {}, "a");
        changed.fingerprint = "of another definition";
        CHECK(r.wait(r.server->start(changed)).error().kind() == error_kind::conflict);
        CHECK(r.wait(r.server->find("a")).value() == std::nullopt);
        CHECK(r.spawner.started.empty());
    }

    TEST_CASE("no more run at once than allowed, and who came first goes first") {
        auto settings = with_limit(2);
        settings.projects = test::demo_projects();
        settings.projects[0].jobs[0].environment = {{"KEY", "{run.key}"}};
        rig r(settings);
        r.open();
        for (auto const* const key : {"a", "b", "c", "d"}) r.start(key);
        CHECK(r.spawner.started.size() == 2);
        CHECK(r.get(3).state == run_state::queued);
        r.process(1).exit(0);
        r.finished(2);
        r.settle();
        REQUIRE(r.spawner.started.size() == 3);
        CHECK(r.process(2).variable("KEY") == "c");
        CHECK(r.get(4).state == run_state::queued);
    }

    TEST_CASE("the queue is bounded") {
        auto settings = with_limit(1);
        settings.max_queued = 1;
        rig r(settings);
        r.open();
        r.start("a");
        r.start("b");
        auto const third = r.try_start("c");
        REQUIRE_FALSE(third.has_value());
        CHECK(third.error().kind() == error_kind::unavailable);
        CHECK(r.start("b") == 2);  // a known key is found all the same
    }

    TEST_CASE("cancel tells the process to end, and kills it after the grace") {
        rig r;
        r.spawner.obedient = false;
        r.open();
        auto const id = r.start("a");
        REQUIRE(r.wait(r.server->cancel(id)).has_value());
        r.settle();
        CHECK(r.process(0).terminated == 1);
        CHECK(r.process(0).killed == 0);
        CHECK(r.get(id).state == run_state::canceling);
        REQUIRE(r.wait(r.server->cancel(id)).has_value());
        auto const told = r.time.uptime();
        auto const run = r.finished(id);
        CHECK(r.time.uptime() - told == std::chrono::seconds(10));
        CHECK(run.state == run_state::canceled);
        CHECK(run.detail == "killed by signal 9");
        CHECK(r.process(0).terminated == 1);
        CHECK(r.wait(r.server->cancel(id)).error().kind() == error_kind::conflict);
        CHECK(r.wait(r.server->cancel(77)).error().kind() == error_kind::not_found);
    }

    TEST_CASE("a run that is canceled in the queue never starts") {
        rig r(with_limit(1));
        r.open();
        r.start("a");
        auto const id = r.start("b");
        REQUIRE(r.wait(r.server->cancel(id)).has_value());
        CHECK(r.finished(id).state == run_state::canceled);
        r.process(0).exit(0);
        r.finished(1);
        r.settle();
        CHECK(r.spawner.started.size() == 1);
    }

    TEST_CASE("a job that takes too long is told to end, and its run is timed out") {
        rig r;
        r.open();
        auto const id = r.start("a", "deploy");
        auto const run = r.finished(id);
        CHECK(run.state == run_state::timed_out);
        CHECK(run.detail == "not finished after 30 s, killed by signal 15");
        CHECK(*run.ended - *run.started == std::chrono::seconds(30));
    }

    TEST_CASE("stop ends every run, says so, and refuses new ones") {
        base::temporary_folder const folder("executor");
        auto settings = with_limit(1);
        settings.store_folder = folder.path();
        {
            rig r(settings);
            r.open();
            r.start("a");
            r.start("b");
            r.wait(r.server->stop());
            CHECK(r.process(0).gone);
            auto const late = r.try_start("c");
            REQUIRE_FALSE(late.has_value());
            CHECK(late.error().kind() == error_kind::unavailable);
        }
        rig again(settings);
        again.open();
        CHECK(again.get(1).state == run_state::canceled);
        CHECK(again.get(1).detail == "the server stopped, killed by signal 15");
        CHECK(again.get(2).detail == "the server stopped before it was started");
        CHECK(again.spawner.started.empty());
    }

    TEST_CASE("nothing is started while the server stops") {
        rig r;
        r.spawner.obedient = false;
        r.open();
        r.start("a");
        base::task_group stopping(r.loop.get_executor(), nullptr);
        stopping.spawn(r.server->stop());
        r.settle();
        auto const late = r.try_start("b");
        REQUIRE_FALSE(late.has_value());
        CHECK(late.error().kind() == error_kind::unavailable);
        r.wait(stopping.join());
        CHECK(r.spawner.started.size() == 1);
    }

    TEST_CASE("changes are told in order, and none is missed") {
        rig r;
        r.open();
        r.start("a");
        r.start("b");
        r.process(0).exit(0);
        r.settle();
        std::uint64_t after = 0;
        auto const next = [&] {
            auto const run = r.wait(r.server->changes(after)).value();
            CHECK(run.revision > after);
            after = run.revision;
            return run;
        };
        CHECK(next().id == 2);
        auto const last = next();
        CHECK(last.id == 1);
        CHECK(last.state == run_state::success);
        auto waiting = r.server->changes(after);
        r.process(1).exit(1);
        CHECK(r.wait(std::move(waiting)).value().state == run_state::failure);
    }

    TEST_CASE("runs are listed newest first, page by page") {
        rig r(with_limit(10));
        r.open();
        for (auto const* const key : {"a", "b", "c", "d", "e"}) r.start(key, key[0] == 'c' ? "deploy" : "build");
        run_filter two;
        two.limit = 2;
        std::vector<run_id> seen;
        for (;;) {
            auto const page = r.wait(r.server->runs(two)).value();
            for (auto const& run : page) seen.push_back(run.id);
            if (page.empty()) break;
            two.before = page.back().id;
        }
        CHECK(seen == std::vector<run_id>{5, 4, 3, 2, 1});
        run_filter elsewhere;
        elsewhere.project = "other";
        CHECK(r.wait(r.server->runs(elsewhere)).value().empty());
        run_filter later;
        later.since = r.time.now() + std::chrono::seconds(1);
        CHECK(r.wait(r.server->runs(later)).value().empty());
        run_filter wrong;
        wrong.limit = 0;
        CHECK(r.wait(r.server->runs(wrong)).error().kind() == error_kind::invalid);
    }

    TEST_CASE("definitions that are wrong do not open") {
        auto projects = test::demo_projects();
        projects[0].jobs[1].name = "build";
        executor::options settings;
        settings.projects = projects;
        rig r(settings);
        auto const opened = r.wait(r.server->open());
        REQUIRE_FALSE(opened.has_value());
        CHECK(opened.error().message() == "projects[0].jobs[1].name: \"build\" is there already");
    }
}
