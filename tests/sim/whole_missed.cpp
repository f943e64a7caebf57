// SPDX-License-Identifier: Apache-2.0
// A night in which the bot was down: commands among what people said, far more than a sync response shows of a room.
#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>

#include "sim/whole_world.hpp"

namespace chatrixcd::test {

namespace {

using namespace std::chrono_literals;
using chatops::testing::scripted_job;

constexpr int messages = 500;
constexpr std::size_t commands = 20;

// `cuts`: so often the process dies while it catches up.
void miss_a_night(std::uint64_t seed, int cuts) {
    whole_world world(seed, 1, /*loud=*/false);
    world.ci.add_job(scripted_job("demo", "hello").runs_for(2s));
    // Otherwise a start that was cut may have to stay in doubt.
    world.ci.set_native_keys(true);
    auto const room = world.rooms().front();
    auto const dice = base::make_seeded_random(seed);
    std::set<int> places;
    while (places.size() < commands) places.insert(static_cast<int>(dice->below(messages)));
    world.stop_bot();
    std::vector<std::string> said;
    for (int i = 0; i < messages; ++i) {
        auto const text = places.contains(i) ? std::string("!cd run hello") : "good night " + std::to_string(i);
        auto const event = world.run(world.person().say(room, matrix::outgoing::text(text)));
        if (places.contains(i)) said.push_back(event);
    }
    world.start_bot();
    for (int i = 0; i < cuts; ++i) {
        auto& power = world.bot().switched();
        power.cut_at(power.steps() + 1 + dice->below(200));
        world.run_until([&] { return power.is_dead(); }, 10min);
        world.kill_bot();
        world.start_bot();
    }
    for (int i = 0; i < 100 && !(world.ci.starts() >= commands && world.stores().open_ends().empty()); ++i) world.let_pass(30s);

    CHECK(world.stores().open_ends().empty());
    CHECK(world.ci.starts() == commands);
    auto const journal = world.stores().journal();
    std::vector<std::string> handled;
    for (auto const& row : journal) handled.push_back(row.event);
    // In the order in which they were said.
    CHECK(handled == said);
    auto const shown = world.read_room(room);
    for (auto const& event : said) {
        auto const answers = std::count_if(shown.messages().begin(), shown.messages().end(), [&](auto const& m) {
            return m.sender == whole_world::bot_id && m.reply_to == event && m.key.starts_with("card.");
        });
        CHECK(answers == 1);
    }
    for (auto const& [whose, times] : shown.keys()) CHECK(times == 1);
}

}  // namespace

TEST_CASE("20 commands among 500 messages while the bot was down: none is lost, none runs twice") { miss_a_night(1, 0); }

TEST_CASE("20 commands among 500 messages, and the bot dies time and again while it catches up") {
    for (std::uint64_t seed = 2; seed <= 4; ++seed) {
        INFO("seed " << seed);
        miss_a_night(seed, 6);
    }
}

}  // namespace chatrixcd::test
