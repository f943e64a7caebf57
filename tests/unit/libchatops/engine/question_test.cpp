// SPDX-License-Identifier: Apache-2.0
// What a run lacks is asked for in its thread.
#include <doctest/doctest.h>

#include <algorithm>

#include "engine/world.hpp"

using namespace chatrixcd;
using namespace std::chrono_literals;
using test::holds;

namespace {

// Beside the usual jobs one that lacks two values: how many (a number), and where (one of two).
class asking_world : public test::engine_world {
public:
    explicit asking_world(std::uint64_t seed = 1) : engine_world(seed) {
        chatops::ci::parameter_spec count;
        count.name = "count";
        count.help = "how many";
        count.type = chatops::ci::parameter_type::integer;
        count.required = true;
        chatops::ci::parameter_spec where;
        where.name = "where";
        where.type = chatops::ci::parameter_type::choice;
        where.choices = {"staging", "prod"};
        where.required = true;
        chatops::ci::parameter_spec note;
        note.name = "note";
        ci.add_job(chatops::testing::scripted_job("demo", "scale").takes(count).takes(where).takes(note));
        chatops::ci::parameter_spec key;
        key.name = "key";
        key.type = chatops::ci::parameter_type::secret;
        key.required = true;
        ci.add_job(chatops::testing::scripted_job("demo", "sign").takes(count).takes(key));
    }
    // Somebody says it in a thread, and a little time passes.
    std::string answer(std::string const& in_thread, std::string text, std::string user = ann, std::string in_room = room) {
        auto event = chat.says_in_thread(std::move(user), std::move(in_room), in_thread, std::move(text));
        let_pass(30s);
        return event;
    }
    std::string begin(std::string text) {
        auto event = chat.says(ann, room, std::move(text));
        let_pass(30s);
        return event;
    }
    // What the CI's last run was given.
    std::string parameters() {
        auto const all = runs();
        if (all.empty()) return "";
        auto const at_ci = ci.state_of(chatops::ci::run_id(all.back().id));
        std::string words;
        for (auto const& [name, value] : at_ci->parameters) words += (words.empty() ? "" : " ") + name + "=" + value;
        return words;
    }
};

}  // namespace

TEST_SUITE("chatops::engine::questions") {
    TEST_CASE("what is missing is asked for in the command's thread, one after the other, and then it runs") {
        asking_world world;
        world.start_bot();
        auto const event = world.begin("!cd run scale");
        auto const first = world.chat.bot_messages().back();
        CHECK(first.reply_to == event);
        CHECK(first.thread == event);
        CHECK(first.notify);
        CHECK(first.text ==
              "`demo / scale` needs `count` (how many): answer in this thread with a whole number like `3`.\n\n"
              "`cancel` or 10 minutes of silence end this. All at once: `!cd run demo scale count=… where=staging|prod [note=…]`");
        auto const second = world.answer(event, "3");
        CHECK(holds(world.answer_to(second), "`demo / scale` needs `where`: answer in this thread with `staging` or `prod`."));
        auto const third = world.answer(event, " prod\n");
        CHECK(world.ci.starts() == 1);
        CHECK(world.parameters() == "count=3 where=prod");
        auto const cards = world.cards_of(1);
        REQUIRE(cards.size() == 1);
        CHECK(cards[0].reply_to == third);
        CHECK(cards[0].thread == event);
        CHECK(world.outcome_of(event) == "refused");
        CHECK(world.outcome_of(second) == "refused");
        CHECK(world.outcome_of(third) == "ran");
        world.settle();
        auto const said = world.chat.bot_messages().size();
        world.let_pass(1h);
        CHECK(world.chat.bot_messages().size() == said);
    }

    TEST_CASE("in a thread it is asked there, and what was given is kept") {
        asking_world world;
        world.start_bot();
        auto const event = world.answer("$root", R"(!cd run 1 scale note="two words, \"quoted\" \\ and 'more'" count=2)");
        CHECK(world.chat.bot_messages().back().thread == "$root");
        world.answer(event, "prod");
        CHECK(world.ci.starts() == 0);
        world.answer("$root", "prod");
        CHECK(world.parameters() == R"(count=2 where=prod note=two words, "quoted" \ and 'more')");
    }

    TEST_CASE("an answer is one value, whatever is in it") {
        asking_world world;
        world.start_bot();
        auto const event = world.begin("!cd run deploy");
        world.answer(event, R"(1 token=x --limit "a" “b” \ 'c' $(d))");
        CHECK(world.parameters() == R"(version=1 token=x --limit "a" “b” \ 'c' $(d))");
    }

    TEST_CASE("another person, another thread, another room and the room itself are not listened to") {
        asking_world world;
        auto const* const other = "!other:example.org";
        world.rules = std::make_shared<chatops::allow_list>(std::vector<std::string>{world.ann, "@bob:example.org"},
                                                            std::vector<std::string>{world.room, other});
        world.start_bot();
        auto const event = world.begin("!cd run deploy");
        auto const said = world.chat.bot_messages().size();
        world.answer(event, "1", "@bob:example.org");
        world.answer("$elsewhere", "1");
        world.answer(event, "1", world.ann, other);
        world.chat.says(world.ann, world.room, "1");
        world.let_pass(30s);
        CHECK(world.chat.bot_messages().size() == said);
        CHECK(world.journal().size() == 1);
        CHECK(world.ci.starts() == 0);
        CHECK(world.chat.unacknowledged() == 0);
        world.answer(event, "1");
        CHECK(world.ci.starts() == 1);
    }

    TEST_CASE("a wrong answer is told in one line, and the right one counts") {
        asking_world world;
        world.start_bot();
        auto const event = world.begin("!cd run scale where=prod");
        auto const wrong = world.answer(event, "many");
        CHECK(world.answer_to(wrong) == "`count` cannot be `many`; write a whole number like `3`. Answer again, or say `cancel`.");
        auto const lines = world.answer(event, "1\n2");
        CHECK(holds(world.answer_to(lines), "Answer again, or say `cancel`."));
        CHECK(world.outcome_of(lines) == "refused");
        CHECK(world.ci.starts() == 0);
        world.answer(event, "4");
        CHECK(world.parameters() == "count=4 where=prod");
    }

    TEST_CASE("cancel ends it, with the prefix and without, and stops no run") {
        for (auto const* word : {"cancel", "Cancel", "!cd cancel", "!cd stop"}) {
            INFO(word);
            asking_world world;
            world.start_bot();
            world.begin("!cd run deploy version=1");
            auto const event = world.begin("!cd run deploy");
            auto const end = world.answer(event, word);
            CHECK(world.answer_to(end) == "Nothing was started.");
            CHECK(world.outcome_of(end) == "ran");
            auto const said = world.chat.bot_messages().size();
            world.answer(event, "2");
            CHECK(world.chat.bot_messages().size() == said);
            CHECK(world.ci.starts() == 1);
            CHECK(world.last_card().state == chatops::card_state::running);
        }
    }

    TEST_CASE("what may be somebody else's, or was held back, answers nothing and ends nothing: it can be said again") {
        for (bool const late : {false, true}) {
            CAPTURE(late);
            asking_world world;
            world.start_bot();
            auto const event = world.begin("!cd run scale where=prod");
            world.chat.set_doubts(asking_world::ann, !late, late);
            auto const refused = world.answer(event, "4");
            CHECK(world.outcome_of(refused) == "refused");
            if (!late) CHECK(holds(world.answer_to(world.answer(event, "cancel")), "Anybody at the homeserver could have written it"));
            CHECK(world.ci.starts() == 0);
            world.chat.set_doubts(asking_world::ann, false, false);
            world.answer(event, "5");
            CHECK(world.parameters() == "count=5 where=prod");
        }
    }

    TEST_CASE("another command of the person in the thread ends it; one elsewhere does not") {
        asking_world world;
        world.start_bot();
        auto const event = world.begin("!cd run deploy");
        world.begin("!cd ping");
        CHECK(world.chat.awaited()->size() == 1);
        auto const ping = world.answer(event, "!cd ping");
        CHECK(world.answer_to(ping) == "pong");
        CHECK(world.chat.awaited()->empty());
        world.answer(event, "1");
        CHECK(world.ci.starts() == 0);
    }

    TEST_CASE("nobody is waited for longer than ten minutes") {
        asking_world world;
        world.start_bot();
        auto const event = world.begin("!cd run deploy");
        world.let_pass(9min);
        CHECK(world.chat.bot_messages().size() == 1);
        world.let_pass(1min);
        REQUIRE(world.chat.bot_messages().size() == 2);
        CHECK(world.last_answer() == "No answer came within 10 minutes, so nothing was started.");
        CHECK(world.chat.bot_messages().back().thread == event);
        world.answer(event, "1");
        CHECK(world.ci.starts() == 0);
        CHECK(world.chat.bot_messages().size() == 2);
        CHECK(world.chat.awaited()->empty());
    }

    TEST_CASE("a secret is never asked for: what needs one is not started from a room") {
        asking_world world;
        world.start_bot();
        for (auto const* line : {"!cd run sign", "!cd run sign count=1"}) {
            auto const event = world.begin(line);
            CHECK(holds(world.answer_to(event), "`sign` needs the secret `key`, which must not be written in a room."));
            CHECK_FALSE(holds(world.answer_to(event), "key=…"));
        }
        CHECK(world.chat.awaited()->empty());
    }

    TEST_CASE("what was said before a question was asked is no answer to it") {
        asking_world world;
        // While the bot was away.
        auto const first = world.chat.says(world.ann, world.room, "!cd run deploy");
        world.chat.says_in_thread(world.ann, world.room, first, "hello, anyone there?");
        world.let_pass(3min);
        world.start_bot();
        world.let_pass(30s);
        CHECK(world.ci.starts() == 0);
        CHECK(world.chat.unacknowledged() == 0);
        world.answer(first, "1.4.2");
        CHECK(world.parameters() == "version=1.4.2");
        // While it was working on the first answer.
        auto const second = world.begin("!cd run scale");
        world.chat.says_in_thread(world.ann, world.room, second, "3");
        world.chat.says_in_thread(world.ann, world.room, second, "prod");
        world.let_pass(30s);
        CHECK(world.ci.starts() == 1);
        world.answer(second, "staging");
        CHECK(world.parameters() == "count=3 where=staging");
    }

    TEST_CASE("a cancel that was said before the question came is meant for it, and stops no run") {
        for (auto const* word : {"cancel", "!cd cancel", "!cd stop"}) {
            INFO(word);
            asking_world world;
            world.start_bot();
            world.begin("!cd run deploy version=1");
            world.stop_bot();
            auto const asked = world.chat.says(world.ann, world.room, "!cd run deploy");
            auto const cancel = world.chat.says_in_thread(world.ann, world.room, asked, word);
            world.let_pass(1min);
            world.start_bot();
            world.let_pass(30s);
            CHECK(world.answer_to(cancel) == "Nothing was started.");
            CHECK(world.chat.awaited()->empty());
            CHECK(world.last_card().state == chatops::card_state::running);
        }
    }

    TEST_CASE("a clock that was set back makes no answer be passed over") {
        asking_world world;
        world.start_bot();
        auto const event = world.begin("!cd run deploy");
        world.time.skew(-1h);
        world.answer(event, "1.4.2");
        CHECK(world.parameters() == "version=1.4.2");
    }

    TEST_CASE("what is wrong is told before anything is asked for") {
        asking_world world;
        world.start_bot();
        CHECK(holds(world.answer_to(world.begin("!cd run scale count=many")), "`count` cannot be `many`"));
        CHECK(holds(world.answer_to(world.begin("!cd run scale cuont=3")), "did you mean `count`"));
        CHECK(world.chat.awaited()->empty());
    }

    TEST_CASE("who may not command any more is not started anything for") {
        asking_world world;
        world.start_bot();
        auto const event = world.begin("!cd run deploy");
        world.stop_bot();
        world.rules =
            std::make_shared<chatops::allow_list>(std::vector<std::string>{"@bob:example.org"}, std::vector<std::string>{world.room});
        world.start_bot();
        auto const answered = world.answer(event, "1");
        CHECK(world.outcome_of(answered) == "refused");
        CHECK(world.ci.starts() == 0);
    }

    TEST_CASE("an operator at the machine is refused as before") {
        asking_world world;
        world.start_bot();
        world.let_pass(1s);
        auto const refused = world.run(world.bot().execute(chatops::local_operator{"root"}, "run deploy"));
        CHECK(holds(refused.error().hint(), "run demo deploy version=…"));
    }

    TEST_CASE("where two projects have one name, nothing is asked that names could not answer") {
        asking_world world;
        world.ci.add_job(chatops::testing::scripted_job("2", "x"));
        chatops::ci::parameter_spec version;
        version.name = "version";
        version.required = true;
        world.ci.add_job(chatops::testing::scripted_job("1", "y").takes(version));
        world.start_bot();
        // The third project is called like the number of the first.
        auto const event = world.begin("!cd run 3 1");
        CHECK(holds(world.answer_to(event), "needs the parameter `version`"));
        CHECK(world.chat.awaited()->empty());
    }

    TEST_CASE("the question outlives the process, and what was said meanwhile is an answer") {
        asking_world world;
        world.start_bot();
        auto const event = world.begin("!cd run deploy");
        world.kill_bot();
        auto const answered = world.chat.says_in_thread(world.ann, world.room, event, "1.4.2");
        world.let_pass(2h);
        world.start_bot();
        world.let_pass(30s);
        CHECK(world.outcome_of(answered) == "ran");
        CHECK(world.ci.starts() == 1);
        CHECK(world.parameters() == "version=1.4.2");
        world.chat.deliver_again(answered);
        world.settle();
        CHECK(world.ci.starts() == 1);
        CHECK(world.journal().size() == 2);
    }

    TEST_CASE("what was said too late while the bot was away starts nothing") {
        asking_world world;
        world.start_bot();
        auto const event = world.begin("!cd run deploy");
        world.kill_bot();
        world.let_pass(11min);
        auto const answered = world.chat.says_in_thread(world.ann, world.room, event, "1.4.2");
        world.start_bot();
        world.let_pass(5min);
        CHECK(world.answer_to(answered) == "That answer came too late, so nothing was started.");
        CHECK(world.chat.bot_messages().size() == 2);
        CHECK(world.ci.starts() == 0);
    }

    TEST_CASE("a question that nobody answered while the bot was away is ended once") {
        asking_world world;
        world.start_bot();
        world.begin("!cd run deploy");
        world.kill_bot();
        world.let_pass(1h);
        for (int i = 0; i < 2; ++i) {
            world.start_bot();
            world.let_pass(2min);
            CHECK(world.chat.bot_messages().size() == 2);
            CHECK(world.last_answer() == "No answer came within 10 minutes, so nothing was started.");
            world.kill_bot();
        }
    }

    TEST_CASE("an answer that is delivered again does not answer the next question") {
        asking_world world;
        world.start_bot();
        auto const event = world.begin("!cd run scale");
        auto const three = world.answer(event, "3");
        world.chat.deliver_again(three);
        world.let_pass(30s);
        CHECK(world.ci.starts() == 0);
        world.answer(event, "prod");
        CHECK(world.parameters() == "count=3 where=prod");
    }

    TEST_CASE("the chat is told which answers are waited for, after a restart too") {
        asking_world world;
        world.start_bot();
        world.let_pass(1s);
        REQUIRE(world.chat.awaited());
        CHECK(world.chat.awaited()->empty());
        auto const event = world.begin("!cd run deploy");
        std::vector<chatops::chat::awaited_answer> const expected{{world.room, event, world.ann}};
        CHECK(*world.chat.awaited() == expected);
        world.kill_bot();
        CHECK_FALSE(world.chat.awaited());
        world.start_bot();
        world.let_pass(1s);
        CHECK(*world.chat.awaited() == expected);
        world.answer(event, "1");
        CHECK(world.chat.awaited()->empty());
    }
}
