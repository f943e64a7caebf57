// SPDX-License-Identifier: Apache-2.0
// Bot, homeserver, person and CI under one virtual clock: a thousand lives with faults of the network and of the CI, in which the bot's
// process ends at any commit, request and call, and is started again on the same folder. At the end of each, the promise is counted in the
// room. SEED=n plays that life alone, with its log; SEEDS=n plays the first n.
#include <doctest/doctest.h>

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>

#include "sim/whole_account.hpp"

using namespace chatrixcd;

namespace {

constexpr std::uint64_t lives = 1000;
constexpr std::uint64_t lives_with_power_failures = 200;

struct tally {
    std::size_t cuts = 0;
    std::size_t failures = 0;
    std::size_t faults = 0;
    std::size_t commands = 0;
    std::size_t starts = 0;
};

// Returns what the rooms show in the end.
std::string play(std::uint64_t seed, test::whole_badness how_bad, tally& all, bool loud = false) {
    INFO("replay with: " << std::string(how_bad.power ? "POWER_SEED=" : "SEED=") << seed << " sim_whole");
    test::whole_script life(seed, how_bad, loud);
    auto const pending = life.play();
    std::string words;
    for (auto const& one : pending) words += one + "\n";
    CHECK_MESSAGE(pending.empty(), "pending for ever: " << words);
    if (life.world().is_up()) life.world().stop_bot();
    test::settle_accounts(life);
    all.cuts += life.cuts();
    all.failures += life.failures();
    all.faults += life.world().network().faults();
    all.starts += life.world().ci.starts();
    for (auto const& one : life.said()) all.commands += one.is_command ? 1 : 0;
    std::string shown;
    for (auto const& room : life.world().rooms()) shown += life.world().read_room(room).transcript();
    if (loud) std::cout << shown;
    return shown;
}

std::optional<std::uint64_t> number_from(char const* variable) {
    auto const* const text = std::getenv(variable);
    if (!text) return std::nullopt;
    return std::strtoull(text, nullptr, 10);
}

}  // namespace

TEST_CASE("with nothing going wrong each command is answered once") {
    if (number_from("SEED")) return;
    test::whole_badness none;
    none.faults = false;
    none.cuts = false;
    tally all;
    for (std::uint64_t seed = 1; seed <= 10; ++seed) play(seed, none, all);
    CHECK(all.starts > 10);
}

// POWER_SEED=n plays that life alone.
TEST_CASE("each command starts at most one run and has exactly one true answer in the room, though the power fails") {
    if (number_from("SEED")) return;
    test::whole_badness bad;
    bad.power = true;
    tally all;
    if (auto const seed = number_from("POWER_SEED")) {
        play(*seed, bad, all, /*loud=*/true);
        return;
    }
    auto const count = number_from("SEEDS").value_or(lives_with_power_failures);
    for (std::uint64_t seed = 1; seed <= count; ++seed) play(seed, bad, all);
    std::cout << count << " seeds in which the power failed " << all.cuts << " times\n";
    CHECK(all.cuts > count / 2);
}

TEST_CASE("a seed plays the same life each time") {
    if (number_from("SEED")) return;
    tally all;
    auto const once = play(1, test::whole_badness(), all);
    auto const again = play(1, test::whole_badness(), all);
    CHECK(once == again);
}

TEST_CASE("each command starts at most one run and has exactly one true answer in the room, whatever happens") {
    tally all;
    if (auto const seed = number_from("SEED")) {
        play(*seed, test::whole_badness(), all, /*loud=*/true);
        return;
    }
    auto const count = number_from("SEEDS").value_or(lives);
    auto const began = std::chrono::steady_clock::now();
    for (std::uint64_t seed = 1; seed <= count; ++seed) play(seed, test::whole_badness(), all);
    std::chrono::duration<double> const took = std::chrono::steady_clock::now() - began;
    std::cout << count << " seeds, " << all.commands << " commands, " << all.starts << " runs, " << all.cuts << " cuts, " << all.failures
              << " failed processes, " << all.faults << " faults of the network: " << static_cast<double>(count) / took.count()
              << " seeds/s\n";
    // A simulation in which nothing goes wrong proves nothing.
    CHECK(all.cuts > count);
    CHECK(all.faults > count);
}
