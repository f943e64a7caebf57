// SPDX-License-Identifier: Apache-2.0
// SIGKILL for a whole chat-ops bot, from the command to the end of its run: at every boundary, and at random ones. Each command starts at
// most one run, ends as exactly one of ran, refused or in doubt, and has one card, which says so. CRASH_SEED=n plays that life alone,
// CRASH_POINTS=n sets the number of random deaths. Of a process that starts, every boundary is cut until it waits for news, and of what
// follows, which is cut in a process that waited, too, every eighth, unless CRASH_STRIDE is set: `./dev check` sets 1.
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <optional>

#include "crash/glance.hpp"
#include "crash/points.hpp"
#include "crash/processes.hpp"
#include "crash/remote_ci.hpp"
#include "sim/whole_room.hpp"
#include "sim/whole_stores.hpp"

namespace chatrixcd::test {

namespace {

using chatops::testing::find_fault;
using chatops::testing::start_fault;

// Most boundaries of a command's life.
constexpr std::uint64_t furthest = 450;
constexpr int processes_a_life = 6;
constexpr std::uint64_t lives_a_stage = 8;
// The books grow with each command, and are read again and again.
constexpr std::uint64_t boundaries_a_stage = 60;

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
    ending live(std::uint64_t fatal, std::function<bool()> const& done) {
        looked_.reset();
        auto how = on.run(bot(), fatal, done);
        close_books();
        return how;
    }
    ending live(std::uint64_t fatal) {
        return live(fatal, [&] { return is_quiet(); });
    }
    // Every command is decided, every run ended, nothing is left to send, and the bot waits for more.
    bool is_quiet() {
        if (on.entrance->long_polls == 0) return false;
        auto const commits = on.commits();
        if (looked_ == commits) return false;
        auto const written = commands_.rows("SELECT CAST(count(*) AS TEXT) FROM journal");
        left_ = commands_.rows(open_in_chatops);
        for (auto& row : messages_.rows(open_in_matrix)) left_.push_back(std::move(row));
        if (!left_.empty() || written != std::vector{std::to_string(on.said().size())}) {
            looked_ = commits;
            return false;
        }
        close_books();
        return true;
    }
    // A process that lives as long as it needs; then what it has left.
    void settle(bool may_doubt) {
        auto const last = live(0);
        INFO("left: " << doctest::toString(left_));
        CHECK_FALSE(last.stuck);
        CHECK(last.status == 0);
        check_all(may_doubt);
    }
    // What the CI, the room and the books say of every command since the last time.
    void check_all(bool may_doubt) {
        if (checked_ == on.said().size()) return;
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
    void close_books() {
        commands_.close();
        messages_.close();
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
    glance commands_{on.folder() + "/chatops.db"};
    glance messages_{on.folder() + "/matrix.db"};
    std::optional<std::uint64_t> looked_;  // after so many commits: it was not quiet
    std::vector<std::string> left_;
    std::size_t checked_ = 0;
};

// A process that starts, finds a command and runs it, cut at each boundary in turn; another one puts that right.
void sweep_start(bool native) {
    std::optional<command_life> life(native);
    std::uint64_t waits = 0;
    life->command();
    auto const whole = life->live(0, [&] {
        if (waits == 0 && life->on.entrance->long_polls > 0) waits = life->on.reached();
        return life->is_quiet();
    });
    CHECK(whole.status == 0);
    REQUIRE(waits > 20);
    std::uint64_t fatal = 1;
    std::uint64_t deaths = 0;
    for (;; fatal += fatal < waits ? 1 : stride(8)) {
        INFO("boundary " << fatal);
        if (deaths % boundaries_a_stage == 0) life.emplace(native);
        life->command();
        auto const cut = life->live(fatal);
        INFO("died " << cut.last);
        CHECK_FALSE(cut.stuck);
        life->settle(/*may_doubt=*/!native);
        if (!cut.died) break;
        ++deaths;
    }
    std::cout << "given while it was down: " << deaths << " deaths, " << fatal << " boundaries, " << waits << " until it waits\n";
    CHECK(fatal > 150);
}

// A process that has put right what the last one left, and waits, gets a command, and is cut at each boundary from there in turn.
void sweep_waiting(bool native) {
    std::optional<command_life> life;
    std::uint64_t n = 1;
    for (;; ++n) {
        INFO("boundary " << n);
        if (n % boundaries_a_stage == 1) {
            if (life) life->settle(/*may_doubt=*/!native);
            life.emplace(native);
        }
        bool given = false;
        auto const cut = life->live(0, [&] {
            if (!life->is_quiet()) return false;
            if (given) return true;
            life->check_all(/*may_doubt=*/!native);
            life->on.arm(n);
            life->command();
            given = true;
            return false;
        });
        INFO("died " << cut.last);
        CHECK_FALSE(cut.stuck);
        REQUIRE(given);
        if (cut.died) continue;
        CHECK(cut.status == 0);
        break;
    }
    life->settle(/*may_doubt=*/!native);
    std::cout << "given while it waited: " << n << " boundaries\n";
    CHECK(n > 150);
}

// Commands and deaths by turns: of a process that has put right what was left, and of one that starts. More than two deaths in a row would
// be the third try of a command, after which it is refused. Returns how often it died.
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
    for (int process = 0; process < processes_a_life; ++process) {
        bool const waits = process % 2 == 0;
        if (dice->below(4) == 0) life.command(dice->below(4) == 0 ? "!cd ping" : "!cd run hello");
        auto const when = dice->below(10);
        auto const fatal = 1 + dice->below(furthest);
        bool given = false;
        auto const cut = life.live(waits ? 0 : fatal, [&] {
            if (given) return life.is_quiet();
            auto const& door = *life.on.entrance;
            bool const now = waits ? life.is_quiet() : door.requests >= when || door.long_polls > 0;
            if (!now) return false;
            if (waits) life.on.arm(fatal);
            life.command();
            given = true;
            return false;
        });
        CHECK_FALSE(cut.stuck);
        story += (waits ? "armed " : "boundary ") + std::to_string(fatal) + ": " + (cut.died ? cut.last : "survived") + "; ";
        if (cut.died) ++deaths;
    }
    INFO(story);
    life.settle(!native || life.unknowable);
    return deaths;
}

bool is_native(std::uint64_t seed) { return seed / lives_a_stage % 2 == 0; }

}  // namespace

TEST_SUITE("crash::engine") {
    TEST_CASE("SIGKILL all along a command that was given while the bot was down, where the CI refuses repetitions by itself") {
        if (!only_seed()) sweep_start(/*native=*/true);
    }

    TEST_CASE("SIGKILL all along a command that was given while the bot was down, where the CI cannot tell a repetition") {
        if (!only_seed()) sweep_start(/*native=*/false);
    }

    TEST_CASE("SIGKILL all along a command that is given while the bot waits, where the CI refuses repetitions by itself") {
        if (!only_seed()) sweep_waiting(/*native=*/true);
    }

    TEST_CASE("SIGKILL all along a command that is given while the bot waits, where the CI cannot tell a repetition") {
        if (!only_seed()) sweep_waiting(/*native=*/false);
    }

    TEST_CASE("SIGKILL at random boundaries: at most one start, one outcome and one card a command") {
        if (auto const seed = only_seed()) {
            command_life life(is_native(*seed));
            live_through(*seed, life, is_native(*seed));
            return;
        }
        auto const wanted = points(300);
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
