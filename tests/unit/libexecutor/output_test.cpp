// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/base/files.hpp>

#include "rig.hpp"

namespace {

using namespace chatrixcd;
using base::error_kind;
using test::rig;
using strings = std::vector<std::string>;

}  // namespace

TEST_SUITE("executor::output") {
    TEST_CASE("output is read the same while the job runs, after it has ended, and after a restart") {
        base::temporary_folder const folder("executor");
        executor::options settings;
        settings.store_folder = folder.path();
        strings live;
        strings stored;
        auto const read_all = [](rig& r, strings& into) {
            std::uint64_t cursor = 0;
            bool complete = false;
            while (!complete) {
                auto const got = r.wait(r.server->output(1, cursor, 7)).value();
                into.insert(into.end(), got.lines.begin(), got.lines.end());
                complete = got.complete || got.lines.empty();
                cursor = got.next;
            }
        };
        {
            rig r(settings);
            r.open();
            r.start("a");
            for (int i = 0; i < 5000; ++i) {
                r.process(0).write("line " + std::to_string(i) + "\npart");
                if (i % 1000 == 0) {
                    r.settle();
                    r.time.advance();  // what came is stored
                    r.settle();
                }
            }
            r.settle();
            read_all(r, live);
            CHECK_FALSE(r.wait(r.server->output(1, 0, 1)).value().complete);
            r.process(0).write("ial");
            r.process(0).exit(0);
            r.finished(1);
            read_all(r, stored);
        }
        REQUIRE(live.size() == 5000);
        REQUIRE(stored.size() == 5001);
        CHECK(live[0] == "line 0");
        CHECK(live[4999] == "partline 4999");
        CHECK(strings(stored.begin(), stored.begin() + 5000) == live);
        CHECK(stored[5000] == "partial");
        rig again(settings);
        again.open();
        strings reopened;
        read_all(again, reopened);
        CHECK(reopened == stored);
        CHECK(again.wait(again.server->tail(1, 2)).value().lines == strings{"partline 4999", "partial"});
        CHECK(again.wait(again.server->tail(1, 2)).value().complete);
        CHECK(again.wait(again.server->output(1, ~std::uint64_t(0), 5)).value().lines.empty());
        CHECK(again.wait(again.server->output(2, 0, 5)).error().kind() == error_kind::not_found);
        CHECK(again.wait(again.server->tail(2, 5)).error().kind() == error_kind::not_found);
    }

    TEST_CASE("of a flood of output the beginning and the end are stored, with a mark between") {
        executor::options settings;
        settings.max_output = 64 * 1024;
        rig r(settings);
        r.open();
        r.start("a");
        for (int i = 0; i < 100; ++i) r.process(0).write(std::string(40 * 1000, 'x') + "\n" + std::to_string(i) + "\n");
        r.settle();
        auto const live = r.wait(r.server->output(1, 0, 10000)).value();
        r.process(0).exit(0);
        r.finished(1);
        auto const stored = r.wait(r.server->output(1, 0, 10000)).value();
        CHECK(stored.lines == live.lines);
        CHECK(stored.truncated);
        CHECK(stored.complete);
        CHECK(stored.next == 200);
        CHECK(stored.lines.front().ends_with("(line cut)"));
        CHECK(stored.lines.back() == "99");
        std::size_t bytes = 0;
        for (auto const& line : stored.lines) bytes += line.size();
        CHECK(bytes <= 64 * 1024);
    }

    TEST_CASE("of old runs a line stays that says that their output is not kept, and their keys") {
        base::temporary_folder const folder("executor");
        executor::options settings;
        settings.store_folder = folder.path();
        settings.keep_output_of = 3;
        auto const text_of = [](rig& r, executor::run_id id) { return r.wait(r.server->output(id, 0, 10)).value(); };
        {
            rig r(settings);
            r.open();
            for (int i = 0; i < 50; ++i) {
                auto const id = r.start("key" + std::to_string(i));
                r.process(static_cast<std::size_t>(i)).write(i % 2 == 0 ? "the same\n" : "number " + std::to_string(i) + "\nand more\n");
                r.process(static_cast<std::size_t>(i)).exit(0);
                r.finished(id);
            }
            r.settle();
            CHECK(text_of(r, 47).lines == strings{"(the output of this run is not kept any longer)"});
            CHECK(text_of(r, 47).complete);
            CHECK(text_of(r, 48).lines == strings{"number 47", "and more"});
            CHECK(text_of(r, 49).lines == strings{"the same"});
            CHECK(r.wait(r.server->tail(1, 5)).value().lines.size() == 1);
            CHECK(r.wait(r.server->find("key0")).value() == executor::run_id(1));
        }
        settings.keep_output_of = 1;
        rig again(settings);
        again.open();
        CHECK(text_of(again, 48).lines == strings{"(the output of this run is not kept any longer)"});
        CHECK(text_of(again, 50).lines == strings{"number 49", "and more"});
    }

    TEST_CASE("output of a run that has not ended is never forgotten") {
        executor::options settings;
        settings.keep_output_of = 0;
        settings.max_running = 2;
        rig r(settings);
        r.open();
        r.start("long");
        r.process(0).write("still here\n");
        r.settle();
        r.time.advance();  // what came is stored
        r.settle();
        for (int i = 1; i < 50; ++i) {
            auto const id = r.start("key" + std::to_string(i));
            r.process(static_cast<std::size_t>(i)).exit(0);
            r.finished(id);
        }
        r.settle();
        r.process(0).exit(0);
        r.finished(1);
        CHECK(r.wait(r.server->output(1, 0, 10)).value().lines == strings{"still here"});
    }
}
