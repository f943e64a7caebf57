// SPDX-License-Identifier: Apache-2.0
// Lives of an encrypted room under one virtual clock, in which processes die at any commit, request and change of the disk, disks are full
// for a moment, and the homeserver fails, repeats itself and lies. At the end of each the promises are counted: every message is read or
// its loss is told, none is read twice or under another sender, and no key of a ratchet is used for two texts.
// WEATHER_SEED=n and LIES_SEED=n play one life alone and, if it breaks a promise, look for a shorter one that does, too. LIVES=n sets how
// many lives of each kind are played, FIRST=n with which seed they begin.
#include <doctest/doctest.h>

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>

#include "encrypted/life.hpp"

namespace chatrixcd::test {

namespace {

constexpr std::uint64_t lives = 12;
constexpr unsigned most_shorter = 400;

std::optional<std::uint64_t> number_from(char const* variable) {
    auto const* const text = std::getenv(variable);
    if (!text) return std::nullopt;
    return std::strtoull(text, nullptr, 10);
}

std::string words_of(std::vector<std::string> const& complaints) {
    std::string words;
    for (auto const& each : complaints) words += each + "\n";
    return words;
}

void play(life_plan const& plan, char const* variable, life_figures& all) {
    encrypted_life life(plan);
    auto const broken = life.play();
    INFO("replay with: " << std::string(variable) << "=" << plan.seed << " sim_encrypted");
    CHECK_MESSAGE(broken.empty(), words_of(broken));
    auto const figures = life.figures();
    all.messages += figures.messages;
    all.deaths += figures.deaths;
    all.faults += figures.faults;
    all.lost += figures.lost;
    all.sealed += figures.sealed;
    all.vouched += figures.vouched;
}

void play_alone(life_plan const& plan) {
    encrypted_life life(plan);
    auto const broken = life.play();
    std::cout << to_text(plan) << life.story();
    CHECK_MESSAGE(broken.empty(), words_of(broken));
    if (broken.empty()) return;
    auto const breaks = [](life_plan const& one) { return !encrypted_life(one).play().empty(); };
    auto const shorter = shrink(plan, breaks, most_shorter);
    encrypted_life again(shorter);
    auto const still = again.play();
    std::cout << "\nThe shortest that was found:\n" << to_text(shorter) << again.story() << words_of(still);
}

// Returns how many were played.
std::uint64_t play_all(roughness how, char const* variable, life_figures& all) {
    if (auto const seed = number_from(variable)) {
        play_alone(draw_plan(*seed, how));
        return 1;
    }
    if (number_from("WEATHER_SEED") || number_from("LIES_SEED")) return 0;
    auto const count = number_from("LIVES").value_or(lives);
    auto const first = number_from("FIRST").value_or(1);
    auto const began = std::chrono::steady_clock::now();
    for (auto seed = first; seed < first + count; ++seed) play(draw_plan(seed, how), variable, all);
    std::chrono::duration<double> const took = std::chrono::steady_clock::now() - began;
    std::cout << count << " lives, " << all.messages << " messages, " << all.deaths << " deaths, " << all.faults
              << " faults of the network, " << all.lost << " losses told, " << all.sealed
              << " ciphertexts: " << static_cast<double>(count) / took.count() << " lives/s\n";
    return count;
}

}  // namespace

TEST_SUITE("encrypted lives") {
    TEST_CASE("processes, disks and networks that fail cost nobody a message") {
        life_figures all;
        if (play_all(roughness::weather, "WEATHER_SEED", all) < lives) return;
        // A life in which nothing goes wrong proves nothing.
        CHECK(all.deaths > lives / 2);
        CHECK(all.faults > lives * 5);
        CHECK(all.sealed > lives * 20);
        CHECK(all.vouched > lives * 5);
    }

    TEST_CASE("a homeserver that lies and keeps keys back can make messages unreadable, and nobody is left untold or with anything wrong") {
        life_figures all;
        if (play_all(roughness::lies, "LIES_SEED", all) < lives) return;
        CHECK(all.deaths > lives / 4);
        CHECK(all.lost > 0);
    }

    TEST_CASE("a seed plays the same life each time") {
        auto const plan = draw_plan(3, roughness::weather);
        encrypted_life once(plan);
        encrypted_life again(plan);
        once.play();
        again.play();
        CHECK(once.story() == again.story());
    }
}

}  // namespace chatrixcd::test
