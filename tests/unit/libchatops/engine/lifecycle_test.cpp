// SPDX-License-Identifier: Apache-2.0
// Start, stop, local operators, and what happens when the store cannot be written.
#include <doctest/doctest.h>

#include <chatrixcd/chatops/render.hpp>

#include "engine/world.hpp"

using namespace chatrixcd;
using namespace std::chrono_literals;
using chatops::card_state;
using test::holds;

namespace {

// Waits for changes until the last run has ended; returns how often something had changed.
boost::asio::awaitable<int> follow(chatops::engine& bot, chatops::engine_changes& last) {
    int rounds = 0;
    while (true) {
        auto news = co_await bot.changes(last.revision);
        last = std::move(news);
        ++rounds;
        if (!last.runs.empty() && !last.runs.back().open) co_return rounds;
    }
}

}  // namespace

TEST_SUITE("chatops::engine::lifecycle") {
    TEST_CASE("a local operator runs commands, and sees every room's runs") {
        test::engine_world world;
        world.start_bot();
        world.ask("!cd run hello");
        auto const root = chatops::local_operator{"root"};
        auto const status = world.run(world.bot().execute(root, "status"));
        CHECK(holds(chatops::render_plain(status.value()), "demo / hello #1"));
        auto const begun = world.run(world.bot().execute(root, "!cd run broken"));
        CHECK(holds(chatops::render_plain(begun.value()), "demo / broken #2"));
        world.settle();
        auto const after = world.run(world.bot().execute(root, "status 2"));
        CHECK(holds(chatops::render_plain(after.value()), "failed"));
        CHECK(world.run(world.bot().execute(root, "stop 2")).error().kind() == base::error_kind::conflict);
        CHECK(world.cards_of(2).empty());
        auto const rows = world.journal();
        REQUIRE(rows.size() == 5);
        CHECK(rows[2].outcome == "ran");
        CHECK(rows[4].outcome == "refused");
    }

    TEST_CASE("two equal lines of an operator are two commands") {
        test::engine_world world;
        world.start_bot();
        world.let_pass(1s);
        auto const root = chatops::local_operator{"root"};
        world.run(world.bot().execute(root, "run hello")).value();
        world.run(world.bot().execute(root, "run hello")).value();
        CHECK(world.ci.starts() == 2);
    }

    TEST_CASE("an operator whose bot died is not served by the next one") {
        test::engine_world world;
        world.start_bot();
        base::result<chatops::view> answer = base::error();
        auto ask = [](chatops::engine& bot, base::result<chatops::view>& into) -> boost::asio::awaitable<void> {
            chatops::actor who = chatops::local_operator{"root"};
            into = co_await bot.execute(std::move(who), "run hello");
        };
        world.background.spawn(ask(world.bot(), answer));
        world.switched().cut_at(3);  // the row is there, nothing was sent
        world.run_until([] { return false; }, 1min);
        REQUIRE(world.switched().is_dead());
        world.kill_bot();
        CHECK(answer.has_error());
        world.start_bot();
        world.settle();
        CHECK(world.ci.starts() == 0);
        for (auto const& row : world.journal()) CHECK(row.outcome == "refused");
    }

    TEST_CASE("changes come with revisions, and the snapshot is where they lead") {
        test::engine_world world;
        world.start_bot();
        chatops::engine_changes last;
        world.chat.says(world.ann, world.room, "!cd run hello");
        auto const rounds = world.run(follow(world.bot(), last));
        CHECK(rounds >= 3);
        auto const now = world.bot().snapshot();
        REQUIRE(now.runs.size() == 1);
        CHECK(now.runs[0] == last.runs.back());
        CHECK(now.runs[0].state == card_state::success);
        CHECK(now.runs[0].room == world.room);
        CHECK(now.revision == last.revision);
        REQUIRE(now.rooms.size() == 1);
        CHECK(now.rooms[0].last_run == 1);
        // A revision of another process counts as none.
        auto const all = world.run(world.bot().changes(1000000));
        CHECK(all.runs.size() == 1);
    }

    TEST_CASE("whoever waits for changes returns when the engine stops") {
        test::engine_world world;
        world.start_bot();
        world.let_pass(1s);
        bool returned = false;
        auto wait = [](chatops::engine& bot, bool& done) -> boost::asio::awaitable<void> {
            co_await bot.changes(bot.snapshot().revision);
            done = true;
        };
        world.background.spawn(wait(world.bot(), returned));
        world.let_pass(1s);
        world.stop_bot();
        world.let_pass(1s);
        CHECK(returned);
    }

    TEST_CASE("an orderly stop in the middle of a run loses nothing") {
        test::engine_world world;
        world.start_bot();
        auto const event = world.chat.says(world.ann, world.room, "!cd run deploy version=1");
        world.run_until([&] { return world.last_card().state == card_state::running; });
        world.stop_bot();
        auto const meanwhile = world.chat.says(world.ann, world.room, "!cd ping");
        world.let_pass(1h);
        CHECK(world.last_card().state == card_state::running);
        world.start_bot();
        world.settle();
        CHECK(world.last_card().state == card_state::success);
        CHECK(world.cards_of(1).size() == 1);
        CHECK(world.outcome_of(event) == "ran");
        CHECK(world.answer_to(meanwhile) == "pong");
        CHECK(world.bot().snapshot().runs.size() == 1);
    }

    TEST_CASE("a stop waits for a start that is on the wire, so that it need not be looked for") {
        test::engine_world world;
        world.chat.set_latency(1s);
        world.start_bot();
        auto const event = world.chat.says(world.ann, world.room, "!cd run hello");
        world.run_until([&] { return world.ci.start_calls() == 1; });
        world.stop_bot();
        CHECK(world.outcome_of(event) == "ran");
    }

    TEST_CASE("nothing is taken before start and after stop") {
        test::engine_world world;
        boost::asio::io_context& loop = world.loop;
        chatops::engine_parts parts(loop.get_executor(), world.time, *world.entropy);
        parts.make_runner = base::make_inline_store_runner;
        chatops::engine bot(std::move(parts));
        auto const root = chatops::local_operator{"root"};
        CHECK(world.run(bot.execute(root, "ping")).error().kind() == base::error_kind::unavailable);
        world.run(bot.start()).value();
        world.run(bot.stop());
        CHECK(world.run(bot.execute(root, "ping")).error().kind() == base::error_kind::unavailable);
    }

    TEST_CASE("a store that cannot be opened is an error, and stop() is fine after it") {
        test::engine_world world;
        chatops::engine_parts parts(world.loop.get_executor(), world.time, *world.entropy);
        parts.store_path = "/nonexistent/folder/chatops.db";
        parts.make_runner = base::make_inline_store_runner;
        chatops::engine bot(std::move(parts));
        CHECK(world.run(bot.start()).error().kind() == base::error_kind::environment);
        world.run(bot.stop());
    }

    TEST_CASE("a store that cannot be written ends run(), and the next process takes everything up") {
        test::engine_world world;
        world.start_bot();
        world.let_pass(1s);
        // Only the store dies, not the process: a full disk.
        auto const event = world.chat.says(world.ann, world.room, "!cd run hello");
        world.switched().cut_at(world.switched().steps() + 2);
        world.run_until([] { return false; }, 1min);
        world.let_pass(1s);
        REQUIRE(world.run_failure());
        CHECK_THROWS_AS(std::rethrow_exception(world.run_failure()), base::error_exception);
        world.kill_bot();
        world.start_bot();
        world.settle();
        CHECK(world.outcome_of(event) == "ran");
        CHECK(world.ci.starts() == 1);
    }

    TEST_CASE("what a chat refuses for good blocks nothing behind it") {
        test::engine_world world;
        world.chat.next_send(chatops::testing::send_fault::refused);  // the reaction
        world.chat.next_send(chatops::testing::send_fault::refused);  // the card
        world.start_bot();
        auto const event = world.ask("!cd run hello");
        CHECK(world.outcome_of(event) == "ran");
        CHECK(world.cards_of(1).empty());
        CHECK(world.answer_to(world.ask("!cd ping")) == "pong");
        CHECK(world.unsent() == 0);
    }
}
