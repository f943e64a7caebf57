// SPDX-License-Identifier: Apache-2.0
// SIGKILL for a real bot at every boundary of a message's life, and at random ones: each message is handled, and each answer is in the
// room once, in order. CRASH_SEED=n plays that life alone, CRASH_POINTS=n sets the number of random deaths.
#include <doctest/doctest.h>

#include <chrono>
#include <iostream>
#include <optional>

#include <chatrixcd/base/json_reader.hpp>

#include "crash/glance.hpp"
#include "crash/points.hpp"
#include "crash/processes.hpp"
#include "sim/whole_stores.hpp"

namespace chatrixcd::test {

namespace {

using strings = std::vector<std::string>;

// Most boundaries of a message's life, in a process that waited for it, and of one that starts with a message.
constexpr std::uint64_t furthest = 180;
constexpr int processes_a_life = 6;
constexpr std::uint64_t lives_a_stage = 12;

class conversation {
public:
    explicit conversation(stage& on) : on_(on) {
        // The first start logs in, and takes what is in the room for history.
        auto const first = on.run(live_as_echo, 0, [&] { return on.entrance->long_polls > 0; });
        REQUIRE(first.status == 0);
        REQUIRE_FALSE(first.stuck);
    }

    void say() {
        expected_.push_back("word " + std::to_string(++number_));
        on_.say(expected_.back());
    }
    bool is_answered() const { return on_.entrance->keys.size() == 2 * number_; }
    // Answered, waiting for more, and with nothing left in the store.
    bool is_quiet() {
        if (!is_answered() || on_.entrance->long_polls == 0) return false;
        auto const commits = on_.commits();
        if (looked_ == commits) return false;
        left_ = store_.rows(open_in_matrix);
        if (!left_.empty()) {
            looked_ = commits;
            return false;
        }
        store_.close();
        return true;
    }
    ending live(std::uint64_t fatal, std::function<bool()> const& done) {
        looked_.reset();
        auto how = on_.run(live_as_echo, fatal, done);
        store_.close();
        return how;
    }
    // What the room holds of all that was said since the last time.
    void check_room() {
        if (expected_.empty()) return;
        strings answers;
        strings right;
        for (auto const& words : expected_) {
            right.push_back(words + " one");
            right.push_back(words + " two");
        }
        for (auto const& event : on_.events(checked_)) {
            if (base::find_string(event, "sender") != stage::bot) continue;
            answers.push_back(base::find_string(*base::find_object(event, "content"), "body").value_or("?"));
        }
        CHECK(answers == right);
        expected_.clear();
        checked_ = on_.said().size();
    }
    // A process that may live as long as it needs, and then what the room holds.
    void settle() {
        auto const last = live(0, [&] { return is_quiet(); });
        INFO("left in the store: " << doctest::toString(left_));
        CHECK_FALSE(last.stuck);
        CHECK(last.status == 0);
        check_room();
    }

private:
    stage& on_;
    glance store_{on_.folder() + "/matrix.db"};
    std::optional<std::uint64_t> looked_;  // after so many commits: there was something left
    strings left_;
    std::size_t number_ = 0;
    std::size_t checked_ = 0;
    strings expected_;
};

// A process that starts, finds a message and answers it, cut at each boundary in turn; another one puts that right.
void sweep_start() {
    stage on;
    conversation talk(on);
    std::uint64_t fatal = 1;
    for (;; ++fatal) {
        INFO("boundary " << fatal);
        talk.say();
        auto const cut = talk.live(fatal, [&] { return talk.is_quiet(); });
        INFO("died " << cut.last);
        CHECK_FALSE(cut.stuck);
        talk.settle();
        if (!cut.died) break;
    }
    std::cout << "said while it was down: " << fatal << " boundaries\n";
    CHECK(fatal > 100);
}

// A process that has put right what the last one left, and waits, gets a message, and is cut at each boundary from there in turn.
void sweep_waiting() {
    stage on;
    conversation talk(on);
    std::uint64_t n = 1;
    for (;; ++n) {
        INFO("boundary " << n);
        bool said = false;
        auto const cut = talk.live(0, [&] {
            if (!talk.is_quiet()) return false;
            if (said) return true;
            talk.check_room();
            on.arm(n);
            talk.say();
            said = true;
            return false;
        });
        INFO("died " << cut.last);
        CHECK_FALSE(cut.stuck);
        REQUIRE(said);
        if (cut.died) continue;
        CHECK(cut.status == 0);
        break;
    }
    talk.settle();
    std::cout << "said while it waited: " << n << " boundaries\n";
    CHECK(n > 60);
}

// Messages and deaths by turns: of a process that has put right what was left, and of one that starts. More than two deaths in a row would
// be the third try of a message, after which it is set aside. Returns how often it died.
std::uint64_t live_through(std::uint64_t seed, conversation& talk, stage& on) {
    INFO("replay with: CRASH_SEED=" << seed << " crash_echo");
    auto const dice = base::make_seeded_random(seed);
    std::uint64_t deaths = 0;
    std::string story;
    for (int process = 0; process < processes_a_life; ++process) {
        bool const waits = process % 2 == 0;
        if (dice->below(4) == 0) talk.say();
        auto const when = dice->below(8);
        auto const fatal = 1 + dice->below(furthest);
        bool said = false;
        auto const cut = talk.live(waits ? 0 : fatal, [&] {
            if (said) return talk.is_answered();
            bool const now = waits ? talk.is_quiet() : on.entrance->requests >= when || on.entrance->long_polls > 0;
            if (!now) return false;
            if (waits) on.arm(fatal);
            talk.say();
            said = true;
            return false;
        });
        CHECK_FALSE(cut.stuck);
        story += (waits ? "armed " : "boundary ") + std::to_string(fatal) + ": " + (cut.died ? cut.last : "survived") + "; ";
        if (cut.died) ++deaths;
    }
    INFO(story);
    talk.settle();
    return deaths;
}

}  // namespace

TEST_SUITE("crash::echo") {
    TEST_CASE("SIGKILL at every boundary of a message that was said while the bot was down") {
        if (!only_seed()) sweep_start();
    }

    TEST_CASE("SIGKILL at every boundary of a message that is said while the bot waits for one") {
        if (!only_seed()) sweep_waiting();
    }

    TEST_CASE("SIGKILL at random boundaries: each message is handled, each answer is in the room once, in order") {
        if (auto const seed = only_seed()) {
            stage on;
            conversation talk(on);
            live_through(*seed, talk, on);
            return;
        }
        auto const wanted = points(1700);
        auto const began = std::chrono::steady_clock::now();
        std::uint64_t deaths = 0;
        for (std::uint64_t seed = 1; deaths < wanted; seed += lives_a_stage) {
            stage on;
            conversation talk(on);
            for (std::uint64_t life = 0; life < lives_a_stage && deaths < wanted; ++life) deaths += live_through(seed + life, talk, on);
        }
        std::chrono::duration<double> const took = std::chrono::steady_clock::now() - began;
        std::cout << deaths << " deaths at random boundaries, " << static_cast<double>(deaths) / took.count() << " a second\n";
    }
}

}  // namespace chatrixcd::test
