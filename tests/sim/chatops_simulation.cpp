// SPDX-License-Identifier: Apache-2.0
// Bot, CI and chat under one virtual clock: a thousand lives with faults, in which the process ends at any commit and any call, and is
// started again on the same store. At the end of each, the promise is counted. SEED=n plays that life alone, with its log.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <map>
#include <optional>
#include <string>

#include "sim/chatops_script.hpp"
#include "sim/deserved_card.hpp"

using namespace chatrixcd;
using chatops::card_state;
using test::chatops_world;

namespace {

constexpr std::uint64_t lives = 1000;

void check_answers(test::chatops_script& life) {
    std::map<std::string, int> answers;
    for (auto const& message : life.world().chat.bot_messages()) ++answers[message.reply_to];
    auto const rows = life.world().journal();
    for (auto const& one : life.said()) {
        INFO(one.event << " " << one.text);
        bool const is_known = std::any_of(rows.begin(), rows.end(), [&](auto const& row) { return row.event == one.event; });
        bool const deserves_one = one.is_talk ? is_known : one.answered;
        CHECK(answers[one.event] == (deserves_one ? 1 : 0));
    }
}

void check_journal(test::chatops_script& life) {
    auto const rows = life.world().journal();
    std::size_t talk = 0;
    for (auto const& one : life.said()) {
        INFO(one.event << " " << one.text);
        auto const count = std::count_if(rows.begin(), rows.end(), [&](auto const& row) { return row.event == one.event; });
        if (!one.is_talk) CHECK(count == 1);
        CHECK(count <= 1);
        talk += one.is_talk && count == 0 ? 1 : 0;
    }
    CHECK(rows.size() + talk == life.said().size());
    for (auto const& row : rows) {
        INFO(row.event << " " << row.line << " " << row.reason);
        CHECK(row.state == "done");
        bool const known = row.outcome == "ran" || row.outcome == "refused" || row.outcome == "in_doubt";
        CHECK(known);
    }
}

void check_runs(test::chatops_script& life) {
    auto& world = life.world();
    auto const rows = world.journal();
    auto const runs = world.runs();
    std::size_t known_starts = 0;
    for (auto const& run : runs) {
        INFO("run " << run.number << " of " << run.event << ", start " << run.start);
        chatops::ci::run_key const key(run.key);
        auto const starts = world.ci.starts_of(key);
        known_starts += starts;
        CHECK(starts <= 1);
        CHECK_FALSE(run.open);
        CHECK(std::count_if(runs.begin(), runs.end(), [&](auto const& other) { return other.event == run.event; }) == 1);
        auto const row = std::find_if(rows.begin(), rows.end(), [&](auto const& r) { return r.event == run.event; });
        REQUIRE(row != rows.end());
        auto cards = world.cards_of(run.number);
        // An answer to `status` shows the card, too.
        std::erase_if(cards, [&](auto const& message) { return message.reply_to != run.event; });
        REQUIRE(cards.size() == 1);
        auto const card = *chatops_world::card_in(cards[0]);
        INFO("card: " << card.summary);
        if (run.start == "started") {
            CHECK(row->outcome == "ran");
            CHECK(starts == 1);
            auto const truth = world.ci.state_of(chatops::ci::run_id(run.id));
            REQUIRE(truth);
            CHECK(card.state == test::deserved(*truth));
        } else if (run.start == "refused") {
            CHECK(row->outcome == "refused");
            CHECK(starts == 0);
            CHECK(card.state == card_state::failure);
        } else {
            CHECK(run.start == "in_doubt");
            CHECK(row->outcome == "in_doubt");
            CHECK(card.state == card_state::in_doubt);
            bool const tried_out = row->reason.find("several requests") != std::string::npos;
            bool const allowed = !life.is_native() || life.could_be_unknown() || tried_out;
            CHECK(allowed);
        }
    }
    // No run at the CI that the store does not know.
    CHECK(world.ci.starts() == known_starts);
}

std::size_t answers_that_ran(test::chatops_script& life) {
    auto const rows = life.world().journal();
    return static_cast<std::size_t>(std::count_if(life.said().begin(), life.said().end(), [&](auto const& one) {
        auto const is_it = [&](auto const& row) { return row.event == one.event && row.outcome == "ran" && row.line != "cancel"; };
        return one.is_talk && std::any_of(rows.begin(), rows.end(), is_it);
    }));
}

// What many lives had together: one in which nothing happens proves nothing.
struct tally {
    std::size_t deaths = 0;
    std::size_t answers = 0;
};

void play(std::uint64_t seed, base::logger (*log_of)(chatops_world&), tally& all) {
    test::chatops_script life(seed);
    if (log_of) life.world().log = log_of(life.world());
    INFO("replay with: SEED=" << seed << " sim_chatops");
    bool const ended = life.play();
    CHECK_MESSAGE(ended, "something is pending for ever");
    check_answers(life);
    check_journal(life);
    check_runs(life);
    all.deaths += life.deaths();
    all.answers += answers_that_ran(life);
    if (log_of) std::cout << life.world().chat.transcript_text();
}

base::logger loud(chatops_world& world) { return {base::make_text_sink(std::cerr), world.time, base::log_level::debug}; }

std::optional<std::uint64_t> wanted_seed() {
    auto const* const text = std::getenv("SEED");
    if (!text) return std::nullopt;
    return std::strtoull(text, nullptr, 10);
}

}  // namespace

TEST_CASE("each command starts at most one run, has exactly one outcome and one true card, whatever happens to the process") {
    tally all;
    if (auto const seed = wanted_seed()) {
        play(*seed, loud, all);
        return;
    }
    for (std::uint64_t seed = 1; seed <= lives; ++seed) play(seed, nullptr, all);
    CHECK(all.deaths > 2 * lives);
    CHECK(all.answers > lives / 50);
}
