// SPDX-License-Identifier: Apache-2.0
// The log facet: whole, in order, and without reading the same again and again.
#include <doctest/doctest.h>

#include "small_server.hpp"

namespace base = chatrixcd::base;
namespace ci = chatrixcd::chatops::ci;
namespace semaphore = chatrixcd::semaphore;
namespace test = chatrixcd::test;

namespace {

constexpr std::size_t many = 1000;

ci::run_id start_talkative(test::small_server& world, base::duration lasts) {
    semaphore::testing::script talks;
    for (std::size_t i = 1; i <= many; ++i) talks.prints.push_back("line " + std::to_string(i));
    talks.lasts = lasts;
    auto const talkative = world.server.add_template(semaphore::project_id(1), "talkative", talks);
    return world.started(world.request(talkative), "k");
}

// The numbers of the lines that the script printed, in the order in which they were read.
class reader {
public:
    explicit reader(test::small_server& world, ci::run_id run) : world_(world), run_(std::move(run)) {}
    // False once nothing will follow.
    bool step(std::size_t most) {
        auto const chunk = world_.wait(world_.ci->log_facet()->read(run_, cursor_, most)).value();
        for (auto const& line : chunk.lines) {
            if (line.starts_with("line ")) seen.push_back(std::stoul(line.substr(5)));
        }
        cursor_ = chunk.next;
        return !chunk.complete;
    }
    std::vector<std::size_t> seen;

private:
    test::small_server& world_;
    ci::run_id run_;
    std::string cursor_;
};

bool is_each_once(std::vector<std::size_t> const& seen) {
    for (std::size_t i = 0; i < seen.size(); ++i) {
        if (seen[i] != i + 1) return false;
    }
    return seen.size() == many;
}

}  // namespace

TEST_SUITE("chatops_semaphore::logs") {
    TEST_CASE("going through the log of a run that has ended line by line costs a few requests") {
        test::small_server world;
        auto const run = start_talkative(world, std::chrono::seconds(1));
        world.pass(std::chrono::seconds(10));
        auto const before = world.server.requests();
        reader lines(world, run);
        while (lines.step(1)) {
        }
        CHECK(is_each_once(lines.seen));
        CHECK(world.server.requests() - before < 20);
    }

    TEST_CASE("following a log shows each line once, and the last ones that come after the end") {
        test::small_server world;
        auto const run = start_talkative(world, std::chrono::minutes(10));
        reader lines(world, run);
        while (lines.step(100)) world.pass(std::chrono::seconds(1));
        CHECK(is_each_once(lines.seen));
    }

    TEST_CASE("a log that was read right after the end is read anew later") {
        semaphore::testing::flavour slow;
        slow.log_lags = std::chrono::seconds(20);
        test::small_server world(slow);
        auto const run = start_talkative(world, std::chrono::seconds(1));
        world.pass(std::chrono::seconds(3));
        auto const early = world.wait(world.ci->log_facet()->tail(run, 10)).value();
        CHECK(early.lines.size() < 10);
        world.pass(std::chrono::minutes(2));
        auto const late = world.wait(world.ci->log_facet()->tail(run, 10)).value();
        CHECK(late.lines.back() == "line 1000");
    }

    TEST_CASE("another run's log is another log") {
        test::small_server world;
        auto const first = start_talkative(world, std::chrono::seconds(1));
        auto const second = world.started(world.request(world.plain), "l");
        world.pass(std::chrono::seconds(10));
        reader lines(world, first);
        lines.step(10);
        auto const other = world.wait(world.ci->log_facet()->tail(second, 2)).value();
        CHECK(other.lines == std::vector<std::string>{"hello", "world"});
        while (lines.step(100)) {
        }
        CHECK(is_each_once(lines.seen));
    }
}
