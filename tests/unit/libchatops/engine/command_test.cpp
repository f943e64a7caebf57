// SPDX-License-Identifier: Apache-2.0
// Commands, who may give them, and what becomes of each.
#include <doctest/doctest.h>

#include <stdexcept>

#include <chatrixcd/chatops/render.hpp>

#include "engine/world.hpp"

using namespace chatrixcd;
using namespace std::chrono_literals;
using test::holds;

namespace {

struct no_args {};

chatops::command throwing_command(int& calls, int failures) {
    return chatops::declare<no_args>("explode", "Throw")
        .example("explode")
        .does([&calls, failures](chatops::context&, no_args) -> chatops::awaitable<chatops::result<chatops::view>> {
            if (++calls <= failures) throw std::runtime_error("secret inner words");
            co_return chatops::view::of_text("survived");
        });
}

}  // namespace

TEST_SUITE("chatops::engine::commands") {
    TEST_CASE("ping, help, projects, templates and info are answered") {
        test::engine_world world;
        world.start_bot();
        CHECK(world.answer_to(world.ask("!cd ping")) == "pong");
        CHECK(holds(world.answer_to(world.ask("!cd")), "!cd run"));
        CHECK(holds(world.answer_to(world.ask("!cd help run")), "!cd run demo hello"));
        CHECK(holds(world.answer_to(world.ask("!cd projects")), "1. demo"));
        CHECK(holds(world.answer_to(world.ask("!cd templates")), "!cd run demo deploy version=…"));
        CHECK(holds(world.answer_to(world.ask("!cd info")), "local: scripted 1"));
        for (auto const& row : world.journal()) CHECK(row.outcome == "ran");
    }

    TEST_CASE("info says what is to be known of our account in a chat, and does not wait for one that cannot tell") {
        test::engine_world world;
        world.start_bot();
        CHECK_FALSE(holds(world.answer_to(world.ask("!cd info")), "@bot:example.org"));
        world.chat.set_remarks(std::vector<std::string>{"device ABC", "cross-signed"});
        CHECK(holds(world.answer_to(world.ask("!cd info")), "chat: @bot:example.org; device ABC; cross-signed"));
        world.chat.set_remarks(std::nullopt);
        CHECK(holds(world.answer_to(world.ask("!cd info")), "local: scripted 1"));
    }

    TEST_CASE("a message without the prefix leaves nothing behind") {
        test::engine_world world;
        world.start_bot();
        for (auto const* text : {"hello", "!cdrun hello", "see !cd run hello", "* !cd run hello", ""}) world.ask(text);
        CHECK(world.journal().empty());
        CHECK(world.chat.unacknowledged() == 0);
        CHECK(world.chat.bot_messages().empty());
    }

    TEST_CASE("a command that is delivered again is neither run nor answered again") {
        test::engine_world world;
        world.start_bot();
        auto const run = world.ask("!cd run hello");
        auto const ping = world.ask("!cd ping");
        auto const said = world.chat.bot_messages().size();
        world.chat.deliver_again(run);
        world.chat.deliver_again(ping);
        world.settle();
        world.stop_bot();
        world.chat.deliver_again(run);
        world.start_bot();
        world.settle();
        CHECK(world.ci.start_calls() == 1);
        CHECK(world.chat.bot_messages().size() == said);
        CHECK(world.journal().size() == 2);
    }

    TEST_CASE("strangers are ignored, members told, admins elsewhere shown the line; each is journaled as refused") {
        test::engine_world world;
        world.start_bot();
        auto const stranger = world.chat.says("@eve:example.org", "!other:example.org", "!cd run hello");
        auto const member = world.chat.says("@bob:example.org", world.room, "!cd run hello");
        auto const elsewhere = world.chat.says(world.ann, "!other:example.org", "!cd run hello");
        world.settle();
        CHECK(world.answer_to(stranger).empty());
        CHECK(holds(world.answer_to(member), "@bob:example.org"));
        CHECK(holds(world.answer_to(elsewhere), R"(add `"!other:example.org"` to the list `allowed_rooms`)"));
        for (auto const& event : {stranger, member, elsewhere}) CHECK(world.outcome_of(event) == "refused");
        CHECK(world.ci.start_calls() == 0);
        for (auto const& message : world.chat.transcript()) CHECK(message.reactions.empty());
    }

    TEST_CASE("without a policy nobody may do anything") {
        test::engine_world world;
        world.rules = nullptr;
        world.start_bot();
        CHECK(world.outcome_of(world.ask("!cd run hello")) == "refused");
        auto const local = world.run(world.bot().execute(chatops::local_operator{"root"}, "run hello"));
        CHECK(local.error().kind() == base::error_kind::forbidden);
        CHECK(world.ci.start_calls() == 0);
    }

    TEST_CASE("what is unknown, ambiguous or incomplete asks, and starts nothing") {
        test::engine_world world;
        world.ci.add_job(chatops::testing::scripted_job("web", "hello"));
        world.start_bot();
        CHECK(holds(world.answer_to(world.ask("!cd rum hello")), "`run`"));
        CHECK(holds(world.answer_to(world.ask("!cd run hello")), "did you mean `!cd run demo hello` or `!cd run web hello`"));
        CHECK(holds(world.answer_to(world.ask("!cd run demo helo")), "run demo hello"));
        CHECK(holds(world.answer_to(world.ask("!cd run demo deploy")), "!cd run demo deploy version=…"));
        CHECK(holds(world.answer_to(world.ask("!cd run demo deploy versoin=1")), "did you mean `version`"));
        CHECK(holds(world.answer_to(world.ask("!cd templates")), "which one?"));
        CHECK(holds(world.answer_to(world.ask("!cd run demo hello --frce")), "--frce"));
        for (auto const& row : world.journal()) CHECK(row.outcome == "refused");
        CHECK(world.ci.start_calls() == 0);
    }

    TEST_CASE("projects and jobs go by number, too") {
        test::engine_world world;
        world.ci.add_job(chatops::testing::scripted_job("web", "hello"));
        world.start_bot();
        CHECK(world.outcome_of(world.ask("!cd run 2 1")) == "ran");
        CHECK(holds(world.last_card().title, "web / hello #1"));
    }

    TEST_CASE("the only job need not be named") {
        test::chatops_world world;
        world.ci.add_job(chatops::testing::scripted_job("demo", "hello"));
        world.start_bot();
        for (auto const* line : {"!cd run", "!cd run demo", "!cd run 1", "!cd run 1 1"}) {
            world.chat.says(world.ann, world.room, line);
            world.let_pass(1min);
        }
        CHECK(world.ci.starts() == 4);
    }

    TEST_CASE("behind two numbers a third word is the tags, and behind names a mistake") {
        test::engine_world world;
        chatops::ci::parameter_spec tags;
        tags.name = "--tags";
        world.ci.add_job(chatops::testing::scripted_job("web", "play").takes(tags));
        world.start_bot();
        auto const tags_of_last = [&] { return world.ci.state_of(chatops::ci::run_id(world.runs().back().id))->parameters; };
        using values = chatops::ci::parameter_values;
        world.ask("!cd run 2 1 web1,db-2");
        CHECK(tags_of_last() == values{{"--tags", "web1,db-2"}});
        world.ask("!cd run 2 1 web");
        CHECK(tags_of_last() == values{{"--tags", "web"}});
        world.ask("!cd run 2 1 --tags=web,db");
        CHECK(tags_of_last() == values{{"--tags", "web,db"}});
        CHECK(world.ci.starts() == 3);
        CHECK(holds(world.answer_to(world.ask("!cd run 2 1 web1")), "`--tags=web1`"));
        CHECK(holds(world.answer_to(world.ask("!cd run web play web")), "I don't know what to do with `web`"));
        CHECK(holds(world.answer_to(world.ask("!cd run 2 1 web --tags db")), "I don't know what to do with `web`"));
        CHECK(holds(world.answer_to(world.ask("!cd run 1 1 web")), "`--tags`"));
        CHECK(world.ci.starts() == 3);
    }

    TEST_CASE("a run goes by its CI's number, too, where no run of ours has that number") {
        for (std::string const prefix : {"", "7/"}) {
            test::engine_world world;
            world.ci.begin_run_ids_with(prefix);
            auto const* const other = "!other:example.org";
            world.rules =
                std::make_shared<chatops::allow_list>(std::vector<std::string>{world.ann}, std::vector<std::string>{world.room, other});
            // Somebody else has started things at the CI.
            for (int i = 0; i < 9; ++i) {
                chatops::ci::run_request wanted(chatops::ci::job_id(chatops::ci::project_id("demo"), "hello"), {});
                auto plan = world.run(world.ci.prepare(wanted)).value();
                world.run(world.ci.start(plan, chatops::ci::run_key("other-" + std::to_string(i)))).value();
            }
            world.start_bot();
            world.ask("!cd run hello");
            world.ask("!cd run broken");
            CHECK(holds(world.answer_to(world.ask("!cd status 10")), "demo / hello #1"));
            CHECK(holds(world.answer_to(world.ask("!cd logs 11")), "demo / broken #2"));
            CHECK(holds(world.answer_to(world.ask("!cd stop 11")), "#2"));
            CHECK(holds(world.answer_to(world.ask("!cd status #10")), "There is no run #10"));
            CHECK(holds(world.answer_to(world.ask("!cd status 12")), "There is no run #12"));
            CHECK(holds(world.answer_to(world.ask("!cd status 2")), "demo / broken #2"));
            auto const there = world.chat.says(world.ann, other, "!cd status 10");
            world.settle();
            CHECK(holds(world.answer_to(there), "There is no run #10"));
        }
    }

    TEST_CASE("the last run of this room is meant, and those of other rooms do not exist") {
        test::engine_world world;
        auto const* const other = "!other:example.org";
        world.rules =
            std::make_shared<chatops::allow_list>(std::vector<std::string>{world.ann}, std::vector<std::string>{world.room, other});
        world.start_bot();
        world.ask("!cd run hello");
        auto const there = world.chat.says(world.ann, other, "!cd logs");
        auto const by_number = world.chat.says(world.ann, other, "!cd status 1");
        world.settle();
        CHECK(holds(world.answer_to(there), "Nothing has been run in this room yet"));
        CHECK(holds(world.answer_to(by_number), "There is no run #1 in this room"));
        CHECK(holds(world.answer_to(world.ask("!cd logs")), "hello\nworld"));
        CHECK(holds(world.answer_to(world.ask("!cd status #1")), "demo / hello #1"));
        CHECK(holds(world.answer_to(world.ask("!cd status x")), "is no run"));
    }

    TEST_CASE("a handler that throws is tried three times, then refused with an error id and without its words") {
        test::engine_world world;
        int calls = 0;
        world.commands.push_back(throwing_command(calls, 100));
        world.start_bot();
        auto const event = world.ask("!cd explode");
        CHECK(calls == 3);
        CHECK(world.outcome_of(event) == "refused");
        CHECK(holds(world.answer_to(event), "Error id"));
        CHECK_FALSE(holds(world.answer_to(event), "secret inner words"));
        CHECK(world.answer_to(world.ask("!cd ping")) == "pong");
    }

    TEST_CASE("a handler that throws once succeeds at the second try") {
        test::engine_world world;
        int calls = 0;
        world.commands.push_back(throwing_command(calls, 1));
        world.start_bot();
        auto const event = world.ask("!cd explode");
        CHECK(world.answer_to(event) == "survived");
        CHECK(world.outcome_of(event) == "ran");
    }

    TEST_CASE("a command that ends the process each time is given up after three tries") {
        test::engine_world world;
        int calls = 0;
        world.commands.push_back(chatops::declare<no_args>("die", "End")
                                     .example("die")
                                     .does([&](chatops::context&, no_args) -> chatops::awaitable<chatops::result<chatops::view>> {
                                         ++calls;
                                         world.switched().cut();
                                         co_return chatops::view();
                                     }));
        auto const event = world.chat.says(world.ann, world.room, "!cd die");
        for (int i = 0; i < 6; ++i) {
            world.start_bot();
            world.run_until([] { return false; }, 1min);
            world.kill_bot();
        }
        CHECK(calls == 3);
        CHECK(world.outcome_of(event) == "refused");
        CHECK(holds(world.answer_to(event), "Error id"));
    }

    TEST_CASE("a message that ends the process before it is journaled is refused at its fourth delivery, and the room is told") {
        test::engine_world world;
        world.start_bot();
        world.let_pass(1s);
        auto const of_a_start = world.switched().steps();
        world.kill_bot();
        auto const event = world.chat.says(world.ann, world.room, "!cd run hello");
        for (int death = 1; death <= 3; ++death) {
            world.start_bot();
            world.switched().cut_at(of_a_start + 1);
            world.settle(1min);
            CHECK(world.switched().last() == "after next");
            world.kill_bot();
            CHECK(world.journal().empty());
        }
        world.start_bot();
        world.settle();
        CHECK(world.outcome_of(event) == "refused");
        CHECK(holds(world.answer_to(event), "Error id"));
        CHECK(world.ci.starts() == 0);
        // Those behind it are not held up.
        CHECK(world.answer_to(world.ask("!cd ping")) == "pong");
    }

    TEST_CASE("an orderly stop is no failed try") {
        test::engine_world world;
        int calls = 0;
        bool slow = true;
        world.commands.push_back(chatops::declare<no_args>("wait", "Wait")
                                     .example("wait")
                                     .does([&](chatops::context&, no_args) -> chatops::awaitable<chatops::result<chatops::view>> {
                                         ++calls;
                                         if (slow) co_await world.time.sleep(24h);
                                         co_return chatops::view::of_text("done");
                                     }));
        auto const event = world.chat.says(world.ann, world.room, "!cd wait");
        for (int i = 0; i < 5; ++i) {
            world.start_bot();
            world.let_pass(1min);
            world.stop_bot();
        }
        slow = false;
        world.start_bot();
        world.settle();
        CHECK(calls == 6);
        CHECK(world.answer_to(event) == "done");
    }

    TEST_CASE("rooms do not wait for each other, commands of one room do") {
        test::engine_world world;
        auto const* const other = "!other:example.org";
        world.rules =
            std::make_shared<chatops::allow_list>(std::vector<std::string>{world.ann}, std::vector<std::string>{world.room, other});
        world.commands.push_back(chatops::declare<no_args>("wait", "Wait")
                                     .example("wait")
                                     .does([&](chatops::context&, no_args) -> chatops::awaitable<chatops::result<chatops::view>> {
                                         co_await world.time.sleep(1h);
                                         co_return chatops::view::of_text("done");
                                     }));
        world.start_bot();
        auto const slow = world.chat.says(world.ann, world.room, "!cd wait");
        auto const behind = world.chat.says(world.ann, world.room, "!cd ping");
        auto const elsewhere = world.chat.says(world.ann, other, "!cd ping");
        world.let_pass(1min);
        CHECK(world.answer_to(elsewhere) == "pong");
        CHECK(world.answer_to(behind).empty());
        world.settle();
        CHECK(world.answer_to(slow) == "done");
        CHECK(world.answer_to(behind) == "pong");
    }
}
