// SPDX-License-Identifier: Apache-2.0
// The bot's files, or one of them, are put back from a copy (architecture.md, "Nothing lost, nothing twice", rule 5): nothing that came up
// to then runs, all of it is listed once in its room, and what comes later runs as ever.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "sim/whole_world.hpp"

namespace chatrixcd::test {

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using chatops::testing::scripted_job;

constexpr char const* warning = "⚠️ My store was put back from a copy.";

class copied_bot {
public:
    explicit copied_bot(std::uint64_t seed) : world(seed, 1, /*loud=*/false), room(world.rooms().front()) {
        world.ci.add_job(scripted_job("demo", "hello").runs_for(2s).prints({"hello"}));
    }

    void say(std::string text) { world.run(world.person().say(room, matrix::outgoing::text(std::move(text)))); }
    std::string answer(std::string const& thread, std::string text) {
        auto what = matrix::outgoing::text(std::move(text)).in_thread(matrix::event_id(thread));
        return world.run(world.person().say(room, std::move(what)));
    }
    void settle() {
        for (int i = 0; i < 60; ++i) {
            world.let_pass(10s);
            if (world.stores().open_ends().empty()) return;
        }
        FAIL("pending for ever: ", world.stores().open_ends().front());
    }
    void say_and_settle(std::string text) {
        say(std::move(text));
        settle();
    }

    void keep_copy() { fs::copy(world.folder(), copy_.path() + "/bot", fs::copy_options::recursive); }
    // All files, or those of one database.
    void put_back(std::string const& database = {}) {
        for (auto const& folder : {world.folder(), copy_.path() + "/bot"}) {
            for (auto const& file : fs::directory_iterator(folder)) {
                auto const name = file.path().filename().string();
                if (name == "lock" || !name.starts_with(database)) continue;
                if (folder == world.folder()) {
                    fs::remove(file.path());
                } else {
                    fs::copy_file(file.path(), world.folder() + "/" + name);
                }
            }
        }
    }

    std::vector<std::string> outcomes() const {
        std::vector<std::string> all;
        for (auto const& row : world.stores().journal()) all.push_back(row.line + ": " + row.outcome);
        return all;
    }
    // How many messages of the bot begin so.
    std::size_t said(std::string const& start) {
        auto const shown = world.read_room(room);
        auto const& all = shown.messages();
        return static_cast<std::size_t>(std::count_if(
            all.begin(), all.end(), [&](auto const& m) { return m.sender == whole_world::bot_id && m.body.starts_with(start); }));
    }
    // The bot's lists of commands in doubt, as the room shows them.
    std::vector<std::string> lists() {
        std::vector<std::string> found;
        auto const shown = world.read_room(room);
        for (auto const& message : shown.messages()) {
            if (message.sender == whole_world::bot_id && message.body.starts_with(warning)) found.push_back(message.body);
        }
        return found;
    }
    std::size_t listed(std::string const& command) {
        std::size_t times = 0;
        for (auto const& list : lists()) {
            for (auto at = list.find(command); at != std::string::npos; at = list.find(command, at + 1)) ++times;
        }
        return times;
    }
    void check_keys() {
        auto const shown = world.read_room(room);
        for (auto const& [whose, times] : shown.keys()) {
            INFO(whose.second);
            CHECK(times == 1);
        }
    }
    std::size_t warned(std::string const& start) const {
        auto const& all = world.warnings();
        return static_cast<std::size_t>(std::count_if(all.begin(), all.end(), [&](auto const& one) { return one.starts_with(start); }));
    }

    whole_world world;
    std::string room;

private:
    base::temporary_folder copy_{"whole-copy"};
};

using strings = std::vector<std::string>;

}  // namespace

TEST_SUITE("a copy put back") {
    TEST_CASE("the whole folder, copied while the bot ran: what came since is in doubt and listed, none of it runs") {
        copied_bot bot(1);
        bot.say_and_settle("!cd run hello");
        bot.world.let_pass(11min);
        bot.keep_copy();
        bot.say_and_settle("!cd run hello");
        bot.say_and_settle("!cd ping");
        CHECK(bot.world.ci.starts() == 2);
        bot.world.kill_bot();
        bot.say("!cd projects");
        bot.put_back();
        bot.world.start_bot();
        bot.settle();
        CHECK(bot.world.ci.starts() == 2);
        CHECK(bot.outcomes() == strings{"run hello: ran", "run hello: in_doubt", "ping: in_doubt", "projects: in_doubt"});
        CHECK(bot.lists().size() == 1);
        CHECK(bot.listed("run hello") == 1);
        CHECK(bot.listed("ping") == 1);
        CHECK(bot.listed("projects") == 1);
        CHECK(bot.warned("the store was put back from a copy") == 1);
        bot.check_keys();

        bot.say_and_settle("!cd run hello");
        CHECK(bot.world.ci.starts() == 3);
        CHECK(bot.outcomes().back() == "run hello: ran");
        CHECK(bot.lists().size() == 1);
        // Once is enough: the next start is one like any other.
        bot.world.stop_bot();
        bot.world.start_bot();
        bot.say_and_settle("!cd run hello");
        CHECK(bot.world.ci.starts() == 4);
        CHECK(bot.warned("the store was put back from a copy") == 1);
        bot.check_keys();
    }

    TEST_CASE("a run that was going on when the folder was copied is adopted, and its end is told once") {
        copied_bot bot(2);
        bot.world.ci.add_job(scripted_job("demo", "long").runs_for(3min));
        bot.say_and_settle("!cd ping");
        bot.world.let_pass(11min);
        bot.say("!cd run long");
        bot.world.let_pass(30s);
        bot.keep_copy();
        bot.settle();
        bot.world.stop_bot();
        bot.world.start_bot();
        bot.settle();
        bot.world.kill_bot();
        bot.put_back();
        bot.world.start_bot();
        bot.settle();
        CHECK(bot.world.ci.starts() == 1);
        CHECK(bot.outcomes() == strings{"ping: ran", "run long: ran"});
        CHECK(bot.lists().empty());
        bot.check_keys();
    }

    TEST_CASE("a question that was answered since is not answered once more") {
        chatops::ci::parameter_spec version;
        version.name = "version";
        version.required = true;
        copied_bot bot(5);
        bot.world.ci.add_job(scripted_job("demo", "tag").takes(version));
        auto const command = bot.world.run(bot.world.person().say(bot.room, matrix::outgoing::text("!cd run tag")));
        bot.settle();
        bot.keep_copy();
        bot.answer(command, "1.4.2");
        bot.settle();
        CHECK(bot.world.ci.starts() == 1);
        bot.world.stop_bot();
        bot.world.start_bot();
        bot.settle();
        bot.world.kill_bot();
        bot.put_back();
        bot.world.start_bot();
        bot.settle();
        bot.answer(command, "did it work?");
        bot.settle();
        CHECK(bot.world.ci.starts() == 1);
        CHECK(bot.said("My store was put back from a copy: I cannot know whether this was answered") == 1);
        CHECK(bot.warned("chatops.db was put back from a copy") == 1);
        bot.check_keys();
    }

    TEST_CASE("matrix.db alone: what chatops.db knows is not handled again, what it does not know is in doubt") {
        copied_bot bot(3);
        bot.say_and_settle("!cd run hello");
        bot.world.stop_bot();
        bot.keep_copy();
        bot.world.start_bot();
        bot.say_and_settle("!cd run hello");
        bot.say_and_settle("!cd ping");
        bot.world.kill_bot();
        bot.say("!cd projects");
        bot.put_back("matrix.db");
        bot.world.start_bot();
        bot.settle();
        CHECK(bot.world.ci.starts() == 2);
        CHECK(bot.outcomes() == strings{"run hello: ran", "run hello: ran", "ping: ran", "projects: in_doubt"});
        CHECK(bot.lists().size() == 1);
        CHECK(bot.listed("projects") == 1);
        CHECK(bot.warned("the store was put back from a copy") == 1);
        CHECK(bot.warned("chatops.db was put back") == 0);
        bot.check_keys();
        bot.say_and_settle("!cd run hello");
        CHECK(bot.world.ci.starts() == 3);
    }

    TEST_CASE("chatops.db alone: a command that it has as not handled is in doubt and listed") {
        copied_bot bot(4);
        bool copied = false;
        std::size_t starts = 0;
        for (std::size_t step = 1; !copied; ++step) {
            REQUIRE(step < 40);
            bot.say("!cd run hello");
            ++starts;
            auto& power = bot.world.bot().switched();
            power.cut_at(power.steps() + step);
            bot.world.run_until([&] { return power.is_dead(); }, 1min);
            bot.world.kill_bot();
            auto const rows = bot.world.stores().journal();
            copied = !rows.empty() && rows.back().state == "received";
            if (copied) bot.keep_copy();
            // What was left is done by the next process.
            bot.world.start_bot();
            bot.settle();
        }
        CHECK(bot.world.ci.starts() == starts);
        bot.world.kill_bot();
        bot.put_back("chatops.db");
        bot.world.start_bot();
        bot.settle();
        CHECK(bot.world.ci.starts() == starts);
        CHECK(bot.outcomes().back() == "run hello: in_doubt");
        CHECK(bot.lists().size() == 1);
        CHECK(bot.listed("run hello") == 1);
        CHECK(bot.warned("chatops.db was put back from a copy") == 1);
        CHECK(bot.warned("the store was put back from a copy") == 0);
        bot.say_and_settle("!cd run hello");
        CHECK(bot.world.ci.starts() == starts + 1);
        CHECK(bot.outcomes().back() == "run hello: ran");
    }
}

}  // namespace chatrixcd::test
