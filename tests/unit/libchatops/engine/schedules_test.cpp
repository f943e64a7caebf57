// SPDX-License-Identifier: Apache-2.0
// What the CI starts by itself, seen and switched from a room.
#include <doctest/doctest.h>

#include "engine/world.hpp"

using namespace chatrixcd;
using test::holds;

namespace {

chatops::ci::schedule schedule(std::string id, std::string name, std::string job, std::string when, bool active) {
    chatops::ci::schedule made;
    made.id = chatops::ci::schedule_id(std::move(id));
    made.name = std::move(name);
    made.starts = chatops::ci::job_id(chatops::ci::project_id("demo"), job);
    made.job_name = std::move(job);
    made.when = std::move(when);
    made.active = active;
    return made;
}

class scheduling_world : public test::engine_world {
public:
    scheduling_world() {
        ci.add_schedule(schedule("s1", "nightly", "deploy", "0 3 * * *", true));
        ci.add_schedule(schedule("s2", "", "hello", "@hourly", false));
        start_bot();
    }
    bool is_active(std::size_t at) const { return ci.all_schedules()[at].active; }
};

}  // namespace

TEST_SUITE("chatops::engine::schedules") {
    TEST_CASE("the schedules of a project are listed, with what each starts, when, and whether it does") {
        scheduling_world world;
        auto const said = world.answer_to(world.ask("!cd schedules"));
        CHECK(holds(said, "`s1` nightly: deploy, `0 3 * * *`, on"));
        CHECK(holds(said, "`s2` hello, `@hourly`, off"));
        CHECK(holds(said, "!cd schedule off s1 demo"));
        CHECK(world.answer_to(world.ask("!cd schedules demo")) == said);
    }

    TEST_CASE("a schedule is switched by its name or id, and to what it is already as well") {
        scheduling_world world;
        CHECK(holds(world.answer_to(world.ask("!cd schedule off nightly")), "The schedule nightly of demo is off: it starts nothing."));
        CHECK_FALSE(world.is_active(0));
        CHECK(world.outcome_of(world.ask("!cd schedule off nightly")) == "ran");
        CHECK_FALSE(world.is_active(0));
        CHECK(holds(world.answer_to(world.ask("!cd schedule on s2 demo")), "is on: it starts hello (@hourly)."));
        CHECK(world.is_active(1));
    }

    TEST_CASE("what is unknown, or could be two, switches nothing and says how to find it") {
        scheduling_world world;
        world.ci.add_schedule(schedule("s3", "nightly", "hello", "0 4 * * *", true));
        world.ci.add_schedule(schedule("s4", "s1", "hello", "0 5 * * *", true));
        auto const two = world.ask("!cd schedule off nightly");
        CHECK(world.outcome_of(two) == "refused");
        CHECK(holds(world.answer_to(two), "`nightly` is more than one schedule of demo"));
        CHECK(holds(world.answer_to(two), "`!cd schedules demo` lists them"));
        CHECK(world.outcome_of(world.ask("!cd schedule off s1")) == "refused");
        CHECK(holds(world.answer_to(world.ask("!cd schedule off weekly")), "There is no schedule `weekly` in demo"));
        CHECK(holds(world.answer_to(world.ask("!cd schedule off ''")), "There is no schedule ``"));
        CHECK(world.outcome_of(world.ask("!cd schedule maybe nightly")) == "refused");
        for (std::size_t i : {0U, 2U, 3U}) CHECK(world.is_active(i));
    }

    TEST_CASE("a refusal of the CI is one, and not a doubt") {
        scheduling_world world;
        world.ci.set_down(true);
        auto const refused = world.ask("!cd schedule off s1");
        CHECK(world.outcome_of(refused) == "refused");
        CHECK_FALSE(holds(world.answer_to(refused), "not known"));
    }

    TEST_CASE("a CI without schedules says so, and who may not command switches none") {
        test::engine_world none;
        none.start_bot();
        CHECK(holds(none.answer_to(none.ask("!cd schedules")), "has no schedules"));
        scheduling_world world;
        world.chat.says("@eve:example.org", world.room, "!cd schedule off nightly");
        world.settle();
        CHECK(world.is_active(0));
    }

    TEST_CASE("a switch that was interrupted is done after the restart") {
        for (std::size_t step = 1; step < 40; ++step) {
            CAPTURE(step);
            scheduling_world world;
            world.switched().cut_at(world.switched().steps() + step);
            world.chat.says(world.ann, world.room, "!cd schedule off nightly");
            world.settle();
            world.kill_bot();
            world.start_bot();
            world.settle();
            CHECK_FALSE(world.is_active(0));
        }
    }

    TEST_CASE("info says what each CI can") {
        scheduling_world world;
        CHECK(holds(world.answer_to(world.ask("!cd info")), "has logs, stop, approve and reject, schedules"));
    }
}
