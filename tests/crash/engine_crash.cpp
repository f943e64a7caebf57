// SPDX-License-Identifier: Apache-2.0
// SIGKILL for a whole chat-ops bot, from the command to the end of its run: at every boundary (at every eighth, unless CRASH_STRIDE is set:
// `./dev check` sets 1), and at random ones. Each command starts at
// most one run, ends as exactly one of ran, refused or in doubt, and has one card, which says so. CRASH_SEED=n plays that life alone,
// CRASH_POINTS=n sets the number of random deaths.
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <iostream>

#include "crash/points.hpp"
#include "crash/processes.hpp"
#include "crash/remote_ci.hpp"
#include "sim/whole_room.hpp"
#include "sim/whole_stores.hpp"

namespace chatrixcd::test {

namespace {

using chatops::testing::find_fault;
using chatops::testing::start_fault;
using namespace std::chrono_literals;

// More than the boundaries of a command's life.
constexpr std::uint64_t furthest = 700;
constexpr std::uint64_t lives_a_stage = 25;

class command_life {
public:
    explicit command_life(bool native) : ci(*on.time), door_(ci), native_(native) {
        furnish(ci, native);
        on.entrance->other_prefix = ci_prefix;
        on.entrance->other = &door_;
        auto const first = on.run(bot(), 0, [&] { return on.entrance->long_polls > 0; });
        REQUIRE(first.status == 0);
        REQUIRE_FALSE(first.stuck);
    }

    void command(std::string line = "!cd run hello") { on.say(std::move(line)); }
    ending live(std::uint64_t fatal, std::function<void()> const& meanwhile = {}) {
        return on.run(bot(), fatal, [&] {
            if (meanwhile) meanwhile();
            return is_quiet();
        });
    }
    // A process that lives as long as it needs; then what the CI, the room and the books say of everything since the last time.
    void settle(bool may_doubt) {
        auto const last = live(0);
        INFO("left: " << left());
        CHECK_FALSE(last.stuck);
        CHECK(last.status == 0);
        whole_room const room(on.events(checked_));
        for (auto const& [whose, times] : room.keys()) {
            INFO(whose.second);
            CHECK(times == 1);
        }
        CHECK(room.stray_edits() == 0);
        auto const journal = books().journal();
        REQUIRE(journal.size() == on.said().size());
        auto const runs = books().runs();
        for (auto n = checked_; n < journal.size(); ++n) {
            // In the order in which they were said.
            CHECK(journal[n].event == on.said()[n]);
            check(journal[n], runs, room, may_doubt);
        }
        std::size_t known = 0;
        for (auto const& run : runs) known += ci.starts_of(chatops::ci::run_key(run.key));
        CHECK(ci.starts() == known);
        checked_ = on.said().size();
    }

    stage on;
    chatops::testing::scripted_ci ci;
    bool unknowable = false;  // the CI may say, now or some time later, that it cannot tell

private:
    stage::life bot() const {
        return [native = native_](stage const& world, mortal& itself, int stop) { return live_as_engine(world, itself, stop, native); };
    }
    whole_stores books() const { return whole_stores(on.folder()); }
    std::string left() const {
        std::string words;
        for (auto const& one : books().open_ends()) words += one + "; ";
        return words;
    }
    // Looking takes time: not more than every few milliseconds.
    bool is_quiet() {
        auto const now = std::chrono::steady_clock::now();
        if (on.entrance->long_polls == 0 || now - looked_ < 15ms) return false;
        looked_ = now;
        return books().open_ends().empty() && books().journal().size() == on.said().size();
    }

    void check(whole_journal_row const& row, std::vector<whole_run_row> const& runs, whole_room const& room, bool may_doubt) {
        INFO(row.line << ": " << row.outcome << " " << row.reason);
        CHECK(row.state == "done");
        auto const answers = std::count_if(room.messages().begin(), room.messages().end(), [&](auto const& m) {
            return m.sender == stage::bot && m.reply_to == row.event && !m.key.starts_with("end.");
        });
        CHECK(answers == 1);
        if (row.line == "ping") {
            CHECK(row.outcome == "ran");
            return;
        }
        auto const mine = std::find_if(runs.begin(), runs.end(), [&](auto const& run) { return run.event == row.event; });
        REQUIRE(mine != runs.end());
        auto const starts = ci.starts_of(chatops::ci::run_key(mine->key));
        auto const* const card = room.with_key("card." + mine->key);
        REQUIRE(card != nullptr);
        INFO(card->body);
        CHECK(card->body == card->last_body);
        if (row.outcome == "ran") {
            CHECK(starts == 1);
            CHECK(card->body.find("success") != std::string::npos);
        } else {
            CHECK(row.outcome == "in_doubt");
            CHECK(starts <= 1);
            CHECK(may_doubt);
            CHECK(card->body.find("in doubt") != std::string::npos);
        }
    }

    ci_door door_;
    bool native_;
    std::size_t checked_ = 0;
    std::chrono::steady_clock::time_point looked_;
};

// One command's life, cut at each boundary in turn.
void sweep(bool native) {
    command_life life(native);
    auto const step = stride(8);
    // The two sweeps take turns.
    std::uint64_t fatal = native ? 1 : 1 + step / 2;
    for (;; fatal += step) {
        INFO("boundary " << fatal);
        life.command();
        auto const cut = life.live(fatal);
        INFO("died " << cut.last);
        CHECK_FALSE(cut.stuck);
        life.settle(/*may_doubt=*/!native);
        if (!cut.died) break;
    }
    std::cout << (native ? "a CI that refuses repetitions: " : "a CI that does not: ") << fatal << " boundaries\n";
    CHECK(fatal > 150);
}

std::uint64_t live_through(std::uint64_t seed, command_life& life, bool native) {
    INFO("replay with: CRASH_SEED=" << seed << " crash_engine");
    auto const dice = base::make_seeded_random(seed);
    if (dice->below(6) == 0) life.ci.next_start(dice->below(2) == 0 ? start_fault::lost_before : start_fault::lost_after);
    if (dice->below(8) == 0) {
        life.ci.next_find(find_fault::unknown);
        life.unknowable = true;
    }
    std::uint64_t deaths = 0;
    std::string story;
    for (int process = 0; process < 2; ++process) {
        for (auto n = dice->below(2); n > 0; --n) life.command(dice->below(4) == 0 ? "!cd ping" : "!cd run hello");
        auto const when = dice->below(10);
        auto const fatal = 1 + dice->below(furthest);
        bool said = false;
        auto const cut = life.live(fatal, [&] {
            if (said || (life.on.entrance->requests < when && life.on.entrance->long_polls == 0)) return;
            said = true;
            life.command();
        });
        CHECK_FALSE(cut.stuck);
        story += "boundary " + std::to_string(fatal) + ": " + (cut.died ? cut.last : "survived") + "; ";
        if (cut.died) ++deaths;
    }
    INFO(story);
    life.settle(!native || life.unknowable);
    return deaths;
}

bool is_native(std::uint64_t seed) { return seed / lives_a_stage % 2 == 0; }

}  // namespace

TEST_SUITE("crash::engine") {
    TEST_CASE("SIGKILL all along a command, where the CI refuses repetitions by itself") {
        if (!only_seed()) sweep(/*native=*/true);
    }

    TEST_CASE("SIGKILL all along a command, where the CI cannot tell a repetition") {
        if (!only_seed()) sweep(/*native=*/false);
    }

    TEST_CASE("SIGKILL at random boundaries: at most one start, one outcome and one card a command") {
        if (auto const seed = only_seed()) {
            command_life life(is_native(*seed));
            live_through(*seed, life, is_native(*seed));
            return;
        }
        auto const wanted = points(800);
        auto const began = std::chrono::steady_clock::now();
        std::uint64_t deaths = 0;
        for (std::uint64_t seed = 0; deaths < wanted; seed += lives_a_stage) {
            command_life life(is_native(seed));
            for (std::uint64_t n = 0; n < lives_a_stage && deaths < wanted; ++n) deaths += live_through(seed + n, life, is_native(seed));
        }
        std::chrono::duration<double> const took = std::chrono::steady_clock::now() - began;
        std::cout << deaths << " deaths at random boundaries, " << static_cast<double>(deaths) / took.count() << " a second\n";
    }
}

}  // namespace chatrixcd::test
