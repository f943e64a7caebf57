// SPDX-License-Identifier: Apache-2.0
// One command's life, cut at every step: before and after each commit, each call of the CI, each message, each acknowledgement. The next
// process finds what the last one left.
#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>

#include "engine/world.hpp"

using namespace chatrixcd;
using namespace std::chrono_literals;
using chatops::card_state;

namespace {

struct sweep {
    std::string line;
    bool native = false;
    bool events = false;
    card_state end = card_state::success;
    bool has_run = true;
};

// The same life without a cut: how many steps it has.
std::size_t steps_of(sweep const& what) {
    test::engine_world world;
    world.ci.set_native_keys(what.native);
    world.ci.set_events(what.events);
    world.start_bot();
    world.ask(what.line);
    return world.switched().steps();
}

void cut_at(sweep const& what, std::size_t step) {
    test::engine_world world(step);
    world.ci.set_native_keys(what.native);
    world.ci.set_events(what.events);
    world.start_bot();
    world.switched().cut_at(step);
    auto const event = world.chat.says(world.ann, world.room, what.line);
    world.settle();
    auto const where = "step " + std::to_string(step) + ", " + world.switched().last();
    INFO(where);
    world.kill_bot();
    world.start_bot();
    world.settle();
    REQUIRE(world.is_quiet());

    auto const rows = world.journal();
    REQUIRE(rows.size() == 1);
    CHECK(rows[0].event == event);
    CHECK(world.ci.starts() <= 1);
    auto const runs = world.runs();
    if (!what.has_run) {
        CHECK(runs.empty());
        CHECK(rows[0].outcome == "ran");
        CHECK(world.chat.bot_messages().size() == 1);
        return;
    }
    REQUIRE(runs.size() == 1);
    CHECK(world.chat.transcript().front().reactions.size() == 1);
    auto const cards = world.cards_of(1);
    REQUIRE(cards.size() == 1);
    auto const shown = test::chatops_world::card_in(cards[0])->state;
    // Without native keys, a start whose request cannot be seen stays in doubt; with them, every command runs.
    bool const doubt = !what.native && world.ci.starts() == 0;
    CHECK(rows[0].outcome == (doubt ? "in_doubt" : "ran"));
    CHECK(shown == (doubt ? card_state::in_doubt : what.end));
    CHECK(world.ci.starts() == (doubt ? 0 : 1));
    // The card and what is said in its thread, each once.
    CHECK(world.chat.bot_messages().size() == 2);
}

void everywhere(sweep const& what) {
    auto const steps = steps_of(what);
    CHECK(steps > 10);
    for (std::size_t step = 1; step <= steps; ++step) cut_at(what, step);
}

// Goes on until nothing is left to do, in a new process if this one dies; not before Ann has answered, where she can.
void settle_through(test::engine_world& world, bool until_asked) {
    world.settle();
    if (!world.switched().is_dead()) return;
    world.kill_bot();
    if (until_asked && !world.chat.bot_messages().empty()) return;
    world.start_bot();
    world.settle();
}

// A question and its answer, which is said once the question can be read, whether the bot is there or not.
std::size_t ask_and_answer(test::engine_world& world, std::size_t cut, bool native) {
    chatops::ci::parameter_spec version;
    version.name = "version";
    version.required = true;
    world.ci.add_job(chatops::testing::scripted_job("demo", "tag").takes(version));
    world.ci.set_native_keys(native);
    world.start_bot();
    if (cut > 0) world.switched().cut_at(cut);
    auto const event = world.chat.says(world.ann, world.room, "!cd run tag");
    settle_through(world, /*until_asked=*/true);
    REQUIRE(world.chat.bot_messages().size() == 1);
    auto const answer = world.chat.says_in_thread(world.ann, world.room, event, "1.4.2");
    if (!world.is_up()) world.start_bot();
    settle_through(world, /*until_asked=*/false);
    REQUIRE(world.is_quiet());
    auto const rows = world.journal();
    REQUIRE(rows.size() == 2);
    CHECK(rows[0].event == event);
    CHECK(rows[0].reason == "asked for version");
    CHECK(rows[1].event == answer);
    CHECK(rows[1].line == "run demo tag version=1.4.2");
    REQUIRE(world.runs().size() == 1);
    CHECK(world.runs()[0].event == answer);
    bool const doubt = !native && world.ci.starts() == 0;
    CHECK(rows[1].outcome == (doubt ? "in_doubt" : "ran"));
    CHECK(world.ci.starts() == (doubt ? 0 : 1));
    // The question and the card; below it a doubt is told.
    CHECK(world.chat.bot_messages().size() == (doubt ? 3 : 2));
    CHECK(world.cards_of(1).size() == 1);
    return world.switched().steps();
}

void ask_everywhere(bool native) {
    std::size_t steps = 0;
    {
        test::engine_world world;
        steps = ask_and_answer(world, 0, native);
    }
    CHECK(steps > 20);
    for (std::size_t step = 1; step <= steps; ++step) {
        INFO("step " << step);
        test::engine_world world(step);
        ask_and_answer(world, step, native);
    }
}

// A mistake of ours that every look at a command meets.
class throwing_policy final : public chatops::policy {
public:
    chatops::decision decide(chatops::access_request const&) const override { throw std::runtime_error("a broken rule"); }
};

void cut_what_cannot_be_received(std::size_t step) {
    test::engine_world world(step);
    world.rules = std::make_shared<throwing_policy>();
    world.start_bot();
    if (step > 0) world.switched().cut_at(step);
    world.chat.says(world.ann, world.room, "!cd run hello");
    world.settle();
    auto const where = "step " + std::to_string(step) + ", " + world.switched().last();
    INFO(where);
    world.kill_bot();
    world.start_bot();
    world.settle();
    auto const rows = world.journal();
    REQUIRE(rows.size() == 1);
    CHECK(rows[0].outcome == "refused");
    CHECK(rows[0].line == "run hello");
    REQUIRE(world.chat.bot_messages().size() == 1);
    CHECK(test::holds(world.last_answer(), "Something in me failed"));
    CHECK(world.ci.starts() == 0);
}

}  // namespace

TEST_SUITE("chatops::engine::crash_sweep") {
    TEST_CASE("a run, where the CI cannot tell a repetition") {
        sweep what;
        what.line = "!cd run hello";
        everywhere(what);
    }

    TEST_CASE("a run, where the CI refuses repetitions by itself") {
        sweep what;
        what.line = "!cd run hello";
        what.native = true;
        everywhere(what);
    }

    TEST_CASE("a run that fails, at a CI with events") {
        sweep what;
        what.line = "!cd run broken";
        what.events = true;
        what.end = card_state::failure;
        everywhere(what);
    }

    TEST_CASE("a question, its answer and the run, where the CI cannot tell a repetition") { ask_everywhere(/*native=*/false); }
    TEST_CASE("a question, its answer and the run, where the CI refuses repetitions by itself") { ask_everywhere(/*native=*/true); }

    TEST_CASE("a command that only looks") {
        sweep what;
        what.line = "!cd projects";
        what.has_run = false;
        everywhere(what);
    }

    TEST_CASE("a command that our own rules fail at is refused once, and never lost") {
        std::size_t steps = 0;
        {
            test::engine_world world;
            world.rules = std::make_shared<throwing_policy>();
            world.start_bot();
            world.ask("!cd run hello");
            steps = world.switched().steps();
        }
        CHECK(steps > 6);
        for (std::size_t step = 0; step <= steps; ++step) cut_what_cannot_be_received(step);
    }
}
