// SPDX-License-Identifier: Apache-2.0
// One command's way from the room to the CI and back.
#include <doctest/doctest.h>

#include <algorithm>

#include <chatrixcd/chatops/render.hpp>

#include "engine/world.hpp"

using namespace chatrixcd;
using namespace std::chrono_literals;
using chatops::card_state;
using chatops::testing::find_fault;
using chatops::testing::scripted_job;
using chatops::testing::start_fault;
using test::holds;

TEST_SUITE("chatops::engine::run") {
    TEST_CASE("a run has one card, edited in place, and its log in the card's thread") {
        test::engine_world world;
        world.start_bot();
        auto const event = world.ask("!cd run hello");
        auto const cards = world.cards_of(1);
        REQUIRE(cards.size() == 1);
        auto const card = *test::chatops_world::card_in(cards[0]);
        CHECK(card.state == card_state::success);
        CHECK(card.summary == "succeeded after 2 s");
        CHECK(cards[0].reply_to == event);
        CHECK(cards[0].edits >= 2);  // queued, running, success
        auto const said = world.chat.bot_messages();
        REQUIRE(said.size() == 2);
        CHECK(said[1].thread == cards[0].event);
        CHECK_FALSE(said[1].notify);
        CHECK(holds(said[1].text, "hello\nworld"));
        CHECK(world.outcome_of(event) == "ran");
        CHECK(world.ci.starts() == 1);
        CHECK(world.chat.transcript().front().reactions == std::vector<std::string>{"👀"});
        CHECK(std::any_of(card.facts.begin(), card.facts.end(), [](auto const& f) { return f.first == "trace" && f.second == "trace-1"; }));
    }

    TEST_CASE("what is asked for in a thread is answered there, card and log included") {
        test::engine_world world;
        world.thread = "$root";
        world.start_bot();
        world.ask("!cd ping");
        world.ask("!cd run hello");
        auto const said = world.chat.bot_messages();
        REQUIRE(said.size() == 3);
        for (auto const& message : said) CHECK(message.thread == "$root");
    }

    TEST_CASE("options of a run reach a job that takes them, and start nothing of one that does not") {
        test::engine_world world;
        auto const option = [](char const* name, chatops::ci::parameter_type type) {
            chatops::ci::parameter_spec spec;
            spec.name = name;
            spec.type = type;
            return spec;
        };
        world.ci.add_job(chatops::testing::scripted_job("demo", "play")
                             .takes(option("--limit", chatops::ci::parameter_type::text))
                             .takes(option("--dry-run", chatops::ci::parameter_type::boolean)));
        world.start_bot();
        world.ask("!cd run demo play --limit web1 --dry-run");
        auto const card = world.last_card();
        CHECK(card.state == card_state::success);
        auto const is_parameters = [](auto const& fact) {
            return fact == std::pair<std::string, std::string>("parameters", "--limit=web1 --dry-run=true");
        };
        CHECK(std::any_of(card.facts.begin(), card.facts.end(), is_parameters));
        world.ask("!cd run demo play --limit=web1 --dry-run=true");
        CHECK(world.ci.starts() == 2);
        world.ask("!cd run demo hello --limit web1");
        CHECK(world.ci.starts() == 2);
        CHECK(holds(world.chat.bot_messages().back().text, "`--limit`"));
    }

    TEST_CASE("a failure shows the log and calls the person, once") {
        test::engine_world world;
        world.start_bot();
        world.ask("!cd run demo broken");
        auto const card = world.last_card();
        CHECK(card.state == card_state::failure);
        CHECK(card.excerpt == "oops");
        auto const said = world.chat.bot_messages();
        REQUIRE(said.size() == 2);
        CHECK(said[1].notify);
        CHECK(holds(said[1].text, "@ann:example.org: "));
    }

    TEST_CASE("a state is shown at once, by events too") {
        for (bool const events : {false, true}) {
            test::engine_world world;
            world.ci.set_events(events);
            world.start_bot();
            world.chat.says(world.ann, world.room, "!cd run hello");
            world.run_until([&] { return world.last_card().state == card_state::running; }, 4s);
            CHECK(world.last_card().state == card_state::running);
            world.run_until([&] { return world.last_card().state == card_state::success; }, 4s);
            CHECK(world.last_card().state == card_state::success);
        }
    }

    TEST_CASE("a CI that tells of its runs is hardly asked for them, until it tells no more") {
        test::engine_world world;
        world.ci.set_events(true);
        world.start_bot();
        world.ask("!cd run deploy version=1");
        CHECK(world.last_card().state == card_state::success);
        // Ten minutes: after the start, and each five minutes.
        CHECK(world.ci.get_calls() <= 4);
        world.chat.says(world.ann, world.room, "!cd run deploy version=2");
        world.run_until([&] { return world.last_card().state == card_state::running; }, 10s);
        world.ci.set_down(true);
        auto const before = world.ci.get_calls();
        world.let_pass(3min);
        CHECK(world.ci.get_calls() > before + 3);
        world.ci.set_down(false);
        world.settle();
        CHECK(world.last_card().state == card_state::success);
    }

    TEST_CASE("a start that the CI refuses is refused, with its reason") {
        test::engine_world world;
        world.ci.next_start(start_fault::refused);
        world.start_bot();
        auto const event = world.ask("!cd run hello");
        CHECK(world.outcome_of(event) == "refused");
        CHECK(world.last_card().state == card_state::failure);
        CHECK(holds(world.last_card().summary, "was not started: The CI server refused to start this."));
        CHECK(world.ci.start_calls() == 1);
    }

    TEST_CASE("a start whose answer was lost is found and adopted") {
        test::engine_world world;
        world.ci.next_start(start_fault::lost_after);
        world.start_bot();
        auto const event = world.ask("!cd run hello");
        CHECK(world.outcome_of(event) == "ran");
        CHECK(world.last_card().state == card_state::success);
        CHECK(world.ci.start_calls() == 1);
    }

    TEST_CASE("an absent run is in doubt, and started again only where the CI itself prevents a second one") {
        for (bool const native : {false, true}) {
            test::engine_world world;
            world.ci.set_native_keys(native);
            world.ci.next_start(start_fault::lost_before);
            world.start_bot();
            auto const before = world.time.uptime();
            auto const event = world.ask("!cd run hello");
            CHECK(world.time.uptime() - before >= 2min);
            CHECK(world.outcome_of(event) == (native ? "ran" : "in_doubt"));
            CHECK(world.last_card().state == (native ? card_state::success : card_state::in_doubt));
            CHECK(world.ci.start_calls() == (native ? 2 : 1));
            CHECK(world.ci.starts() == (native ? 1 : 0));
            CHECK(world.chat.bot_messages().back().notify == !native);
        }
    }

    TEST_CASE("what the CI cannot tell is in doubt, and nothing is started again") {
        test::engine_world world;
        world.ci.set_native_keys(true);
        world.ci.next_start(start_fault::lost_after);
        world.ci.next_find(find_fault::unknown);
        world.start_bot();
        auto const event = world.ask("!cd run hello");
        CHECK(world.outcome_of(event) == "in_doubt");
        CHECK(world.last_card().state == card_state::in_doubt);
        CHECK(world.ci.start_calls() == 1);
    }

    TEST_CASE("a CI that stops answering is said on the card, and waited for") {
        test::engine_world world;
        world.start_bot();
        world.chat.says(world.ann, world.room, "!cd run deploy version=1");
        world.run_until([&] { return world.last_card().state == card_state::running; });
        world.ci.set_down(true);
        world.let_pass(5min);
        CHECK(holds(world.last_card().summary, "local does not answer since"));
        CHECK_FALSE(world.bot().snapshot().servers.at(0).reachable);
        world.ci.set_down(false);
        world.let_pass(1min);
        CHECK_FALSE(holds(world.last_card().summary, "does not answer"));
        world.settle();
        CHECK(world.last_card().state == card_state::success);
    }

    TEST_CASE("a CI that has forgotten a run has lost it") {
        test::engine_world world;
        world.ci.fail_gets(100, base::error_kind::not_found);
        world.start_bot();
        world.ask("!cd run hello");
        CHECK(world.last_card().state == card_state::lost);
    }

    TEST_CASE("a secret goes to the CI and nowhere else") {
        test::engine_world world;
        world.start_bot();
        world.let_pass(1s);
        auto const card = world.run(world.bot().execute(chatops::local_operator{"root"}, "run deploy version=1 token=hunter2"));
        REQUIRE(card);
        CHECK(world.ci.starts() == 1);
        CHECK(holds(chatops::render_plain(*card), "given, never shown"));
        CHECK_FALSE(holds(chatops::render_plain(*card), "hunter2"));
        REQUIRE(world.journal().size() == 1);
        CHECK(world.journal()[0].line == "run deploy version=…");
    }

    TEST_CASE("a secret that is written in a room starts nothing, and is not kept") {
        test::engine_world world;
        world.start_bot();
        auto const event = world.ask("!cd run deploy version=1 token=hunter2");
        CHECK(world.ci.starts() == 0);
        CHECK(holds(world.answer_to(event), "`token` is a secret, and now this room knows it. Nothing was started."));
        CHECK_FALSE(holds(world.answer_to(event), "hunter2"));
        CHECK(world.outcome_of(event) == "refused");
        // Nor by way of a question, nor where it is not looked at: misspelt, twice, or by somebody who may not command.
        CHECK(holds(world.answer_to(world.ask("!cd run deploy token=hunter2")), "is a secret"));
        CHECK(world.chat.awaited()->empty());
        world.ask("!cd run deploy version=1 Token=hunter2");
        world.ask("!cd run deploy token=hunter2 token=hunter2");
        world.ask("!cd run nothing token=hunter2");
        world.chat.says("@eve:example.org", world.room, "!cd run deploy token=hunter2");
        world.settle();
        CHECK(world.ci.starts() == 0);
        CHECK(world.journal().size() == 6);
        for (auto const& entry : world.journal()) CHECK_FALSE(holds(entry.line, "hunter2"));
        // What is certainly none is kept.
        world.ask("!cd run deploy version=1.4.2");
        CHECK(world.journal().back().line == "run deploy version=1.4.2");
    }

    TEST_CASE("of two secrets the one that was given is told of, not the one that is missing") {
        test::engine_world world;
        chatops::ci::parameter_spec needed;
        needed.name = "needed";
        needed.type = chatops::ci::parameter_type::secret;
        needed.required = true;
        auto given = needed;
        given.name = "given";
        given.required = false;
        world.ci.add_job(scripted_job("demo", "sign").takes(needed).takes(given));
        world.start_bot();
        auto const event = world.ask("!cd run sign given=hunter2");
        CHECK(holds(world.answer_to(event), "`given` is a secret, and now this room knows it."));
        CHECK(world.journal()[0].line == "run sign given=…");
    }

    TEST_CASE("a stop is asked for, seen and named; one of what is over is refused") {
        test::engine_world world;
        world.start_bot();
        world.chat.says(world.ann, world.room, "!cd run deploy version=1");
        world.run_until([&] { return world.last_card().state == card_state::running; });
        auto const stopped = world.ask("!cd stop");
        CHECK(world.outcome_of(stopped) == "ran");
        CHECK(world.last_card().state == card_state::canceled);
        CHECK(holds(world.last_card().summary, "was canceled by @ann:example.org"));
        auto const again = world.ask("!cd stop 1");
        CHECK(world.outcome_of(again) == "refused");
        CHECK(holds(world.answer_to(again), "is over"));
    }

    TEST_CASE("a run that waits for a decision calls its person once, and goes on or ends as somebody decides") {
        for (bool const goes_on : {true, false}) {
            test::engine_world world;
            world.ci.add_job(scripted_job("demo", "migrate").waits_for_a_decision());
            world.start_bot();
            world.chat.says(world.ann, world.room, "!cd run migrate");
            world.let_pass(10min);
            CHECK(world.last_card().state == card_state::waiting);
            CHECK(world.last_card().summary == "waits for a decision");
            CHECK(world.last_card().next_commands.front() == "!cd approve 1");
            auto const called = [&] {
                int count = 0;
                for (auto const& message : world.chat.bot_messages()) count += holds(message.text, "#1 waits for a decision.") ? 1 : 0;
                return count;
            };
            CHECK(called() == 1);
            world.kill_bot();
            world.start_bot();
            world.let_pass(1min);
            CHECK(called() == 1);
            auto const decision = world.ask(goes_on ? "!cd approve" : "!cd reject 1");
            CHECK(world.outcome_of(decision) == "ran");
            CHECK(holds(world.answer_to(decision), goes_on ? "demo / migrate #1 is approved: it goes on." : "is rejected: it ends."));
            CHECK(world.last_card().state == (goes_on ? card_state::success : card_state::failure));
            CHECK(holds(world.last_card().summary, goes_on ? "succeeded" : "was rejected"));
            auto const& facts = world.last_card().facts;
            auto const by =
                std::pair<std::string, std::string>("decision", goes_on ? "approved by @ann:example.org" : "rejected by @ann:example.org");
            CHECK(std::find(facts.begin(), facts.end(), by) != facts.end());
            auto const late = world.ask("!cd approve 1");
            CHECK(world.outcome_of(late) == "refused");
            CHECK(holds(world.answer_to(late), "does not wait for a decision"));
        }
    }

    TEST_CASE("a second decision, too late, takes nothing from the first") {
        test::engine_world world;
        world.ci.add_job(scripted_job("demo", "migrate").waits_for_a_decision().runs_for(1h));
        world.start_bot();
        world.chat.says(world.ann, world.room, "!cd run migrate");
        world.let_pass(40min);
        world.chat.says(world.ann, world.room, "!cd approve 1");
        world.let_pass(1min);
        auto const late = world.chat.says(world.ann, world.room, "!cd reject 1");
        world.let_pass(1min);
        CHECK(world.outcome_of(late) == "refused");
        auto const facts = world.last_card().facts;
        auto const by = std::pair<std::string, std::string>("decision", "approved by @ann:example.org");
        CHECK(std::find(facts.begin(), facts.end(), by) != facts.end());
    }

    TEST_CASE("an approval whose answer is lost is not sent again while it may still arrive") {
        test::engine_world world;
        world.ci.add_job(scripted_job("demo", "migrate").waits_for_a_decision());
        world.start_bot();
        world.chat.says(world.ann, world.room, "!cd run migrate");
        world.let_pass(1min);
        world.ci.lose_next_decision();
        auto const first = world.chat.says(world.ann, world.room, "!cd approve 1");
        world.let_pass(1s);
        CHECK(holds(world.answer_to(first), "is not known"));
        auto const second = world.chat.says(world.ann, world.room, "!cd approve 1");
        world.let_pass(1s);
        CHECK(holds(world.answer_to(second), "is not known yet"));
        world.let_pass(3min);
        CHECK(world.ci.decisions() == 0);
        world.ask("!cd approve 1");
        CHECK(world.ci.decisions() == 1);
        CHECK(world.last_card().state == card_state::success);
    }

    TEST_CASE("an approval during which the process ends reaches the CI at most once, and is answered") {
        std::size_t deaths = 0;
        for (std::size_t step = 1; step <= 40; ++step) {
            CAPTURE(step);
            test::engine_world world;
            world.ci.add_job(scripted_job("demo", "migrate").waits_for_a_decision().runs_for(1min));
            world.start_bot();
            world.chat.says(world.ann, world.room, "!cd run migrate");
            world.let_pass(5min);
            REQUIRE(world.last_card().summary == "waits for a decision");
            world.switched().cut_at(world.switched().steps() + step);
            auto const asked = world.chat.says(world.ann, world.room, "!cd approve 1");
            world.let_pass(5min);
            if (world.switched().is_dead()) {
                ++deaths;
                world.kill_bot();
                world.start_bot();
                world.let_pass(5min);
            }
            CHECK(world.outcome_of(asked) == "ran");
            CHECK(holds(world.answer_to(asked), "approved"));
            CHECK(world.ci.decisions() <= 1);
            // It was written down and never left: the card still asks, and another command decides.
            if (world.last_card().state == card_state::waiting) world.ask("!cd approve 1");
            CHECK(world.last_card().state == card_state::success);
            CHECK(world.ci.decisions() == 1);
        }
        CHECK(deaths > 5);
    }

    TEST_CASE("a run that waits for nothing is not approved, and its card says nothing of it") {
        test::engine_world world;
        world.start_bot();
        world.chat.says(world.ann, world.room, "!cd run deploy version=1");
        world.run_until([&] { return world.last_card().state == card_state::running; }, 10s);
        auto const early = world.chat.says(world.ann, world.room, "!cd approve 1");
        world.let_pass(10s);
        CHECK(world.outcome_of(early) == "refused");
        CHECK(holds(world.answer_to(early), "does not wait for a decision: the CI calls it `busy`"));
        for (auto const& [name, words] : world.last_card().facts) CHECK(name != "decision");
    }

    TEST_CASE("many edits are one every five seconds") {
        test::engine_world world;
        world.start_bot();
        world.chat.says(world.ann, world.room, "!cd run deploy version=1");
        world.run_until([&] { return world.last_card().state == card_state::running; });
        auto const edits = world.cards_of(1).at(0).edits;
        for (int i = 0; i < 60; ++i) {
            world.ci.set_down(i % 2 == 0);
            world.let_pass(1s);
        }
        CHECK(world.cards_of(1).at(0).edits - edits <= 12);
    }
}
