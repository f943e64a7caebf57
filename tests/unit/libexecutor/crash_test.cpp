// SPDX-License-Identifier: Apache-2.0
// What a crash or a failing disk leaves behind: whatever the moment, a key was started at most once, and its run is known.
#include <chatrixcd/base/files.hpp>
#include <chatrixcd/base/task_group.hpp>

#include "rig.hpp"

namespace {

using namespace chatrixcd;
using namespace chatrixcd::executor;
using base::error_kind;
using test::rig;

// A disk on which some commits fail.
class failing_disk {
public:
    // A commit that fails is lost altogether; or it is kept, and only its answer is lost.
    explicit failing_disk(bool keeps = false) : keeps_(keeps) {}

    executor::options settings(std::string folder) {
        executor::options out;
        out.store_folder = std::move(folder);
        auto const commit = [this] {
            auto const number = commits_++;
            if (number >= first_ && number - first_ < count_) throw std::runtime_error("no space left on device");
        };
        (keeps_ ? out.store_hooks.after_commit : out.store_hooks.before_commit) = commit;
        return out;
    }
    // Of the commits to come `healthy` pass, then `count` fail.
    void fail(int healthy, int count = 1000000) {
        first_ = commits_ + healthy;
        count_ = count;
    }
    void repair() { count_ = 0; }

private:
    bool keeps_;
    int commits_ = 0;
    int first_ = 0;
    int count_ = 0;
};

}  // namespace

TEST_SUITE("executor::crash") {
    TEST_CASE("a run that was left unfinished is lost at the next start, told as news, and not started again") {
        base::temporary_folder const folder("executor");
        failing_disk disk;
        {
            auto settings = disk.settings(folder.path());
            settings.max_running = 1;
            rig r(settings);
            r.open();
            r.start("running");
            r.process(0).write("before the crash\n");
            r.settle();
            r.time.advance();
            r.settle();
            r.start("queued");
            disk.fail(0);
        }
        executor::options settings;
        settings.store_folder = folder.path();
        rig r(settings);
        r.open();
        r.settle();
        for (auto const* const key : {"running", "queued"}) {
            auto const id = r.wait(r.server->find(key)).value();
            REQUIRE(id);
            auto const run = r.get(*id);
            CHECK(run.state == run_state::lost);
            CHECK(run.detail == "it was killed when the program that had started it ended");
            CHECK(run.ended);
            CHECK(r.start(key) == *id);
        }
        CHECK(r.spawner.started.empty());
        CHECK(r.wait(r.server->output(1, 0, 10)).value().lines == std::vector<std::string>{"before the crash"});
        CHECK(r.wait(r.server->output(1, 0, 10)).value().complete);
        auto const news = r.wait(r.server->changes(r.server->revision_before_open())).value();
        CHECK(news.id == 1);
        CHECK(r.wait(r.server->changes(news.revision)).value().id == 2);
    }

    TEST_CASE("whichever commit is the last one, a key is started at most once and never in doubt") {
        for (bool const keeps : {false, true}) {
            bool done = false;
            for (int last = 0; !done; ++last) {
                CAPTURE(last);
                CAPTURE(keeps);
                REQUIRE(last < 30);
                base::temporary_folder const folder("executor");
                std::size_t started = 0;
                bool was_told = false;
                {
                    failing_disk disk(keeps);
                    rig r(disk.settings(folder.path()));
                    r.open();
                    disk.fail(last);
                    auto const id = r.try_start("key");
                    was_told = id.has_value();
                    if (!id && id.error().kind() != error_kind::timeout_unknown) CHECK(r.spawner.started.empty());
                    if (!r.spawner.started.empty()) {
                        r.process(0).write("x\n");
                        r.process(0).exit(0);
                        r.settle();
                    }
                    started = r.spawner.started.size();
                }
                CHECK(started <= 1);
                executor::options settings;
                settings.store_folder = folder.path();
                rig r(settings);
                r.open();
                auto const found = r.wait(r.server->find("key")).value();
                if (started > 0 || was_told) REQUIRE(found);
                auto const id = r.start("key");
                if (found) {
                    CHECK(id == *found);
                    CHECK(r.spawner.started.empty());
                    CHECK(is_finished(r.get(id).state));
                    done = r.get(id).state == run_state::success && !keeps;
                } else {
                    CHECK(r.spawner.started.size() == 1);
                    r.process(0).exit(0);
                    CHECK(r.finished(id).state == run_state::success);
                }
                if (keeps && last == 10) done = true;
            }
        }
    }

    TEST_CASE("a start that the database left in doubt is settled as lost, and never run") {
        failing_disk disk(/*keeps=*/true);
        rig r(disk.settings(""));
        r.open();
        disk.fail(1);  // the search for the key passes, the row is kept, and nothing can be asked after that
        auto const id = r.try_start("key");
        REQUIRE_FALSE(id.has_value());
        CHECK(id.error().kind() == error_kind::timeout_unknown);
        disk.repair();
        auto const found = r.wait(r.server->find("key")).value();
        REQUIRE(found);
        CHECK(r.get(*found).state == run_state::lost);
        CHECK(r.start("key") == *found);
        CHECK(r.spawner.started.empty());
    }

    TEST_CASE("a start whose row was kept runs, although the database said no") {
        failing_disk disk(/*keeps=*/true);
        rig r(disk.settings(""));
        r.open();
        disk.fail(1, 1);
        auto const id = r.start("key");
        CHECK(r.get(id).state == run_state::running);
        CHECK(r.spawner.started.size() == 1);
    }

    TEST_CASE("a start whose row was not kept has started nothing, and may be tried again") {
        failing_disk disk;
        rig r(disk.settings(""));
        r.open();
        disk.fail(1, 1);
        auto const refused = r.try_start("key");
        REQUIRE_FALSE(refused.has_value());
        CHECK(refused.error().kind() == error_kind::environment);
        CHECK(r.wait(r.server->find("key")).value() == std::nullopt);
        CHECK(r.spawner.started.empty());
        CHECK(r.start("key") == 1);
        CHECK(r.spawner.started.size() == 1);
    }

    TEST_CASE("the end of a run is stored once the disk works again, with all its output, once") {
        for (bool const keeps : {false, true}) {
            failing_disk disk(keeps);
            rig r(disk.settings(""));
            r.open();
            auto const id = r.start("key");
            disk.fail(0);
            r.process(0).write("early\n");
            r.settle();
            r.time.advance();  // storing it fails
            r.settle();
            r.process(0).write("late\n");
            r.process(0).exit(0);
            r.settle();
            disk.repair();
            CHECK(r.finished(id).state == run_state::success);
            CHECK(r.wait(r.server->output(id, 0, 10)).value().lines == std::vector<std::string>{"early", "late"});
        }
    }

    TEST_CASE("cancelling who started a run does not end it") {
        rig r;
        r.open();
        base::task_group callers(r.loop.get_executor(), nullptr);
        auto const start = [&r]() -> test::asio::awaitable<void> {
            start_request what("demo", "build", {}, "key");
            (void)co_await r.server->start(what);
        };
        callers.spawn(start());
        callers.cancel();
        r.wait(callers.join());
        r.settle();
        auto const found = r.wait(r.server->find("key")).value();
        CHECK(r.spawner.started.size() == (found ? 1 : 0));
    }
}
