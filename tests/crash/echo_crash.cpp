// SPDX-License-Identifier: Apache-2.0
// SIGKILL for a real bot at every boundary of a message's life, and at random ones: each message is handled, and each answer is in the
// room once, in order. CRASH_SEED=n plays that life alone, CRASH_POINTS=n sets the number of random deaths.
#include <doctest/doctest.h>

#include <chrono>
#include <iostream>

#include <chatrixcd/base/json_reader.hpp>

#include "crash/points.hpp"
#include "crash/processes.hpp"
#include "state/schema.hpp"
#include "support/run_coroutine.hpp"

namespace chatrixcd::test {

namespace {

using strings = std::vector<std::string>;

// More than the boundaries of a life with one or two messages.
constexpr std::uint64_t furthest = 420;
constexpr std::uint64_t lives_a_stage = 40;

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
    // A process that may live as long as it needs, and then what the room and the store hold.
    void settle() {
        auto const last = on_.run(live_as_echo, 0, [&] { return is_answered() && on_.entrance->long_polls > 0 && left().empty(); });
        INFO("left in the store: " << left());
        CHECK_FALSE(last.stuck);
        CHECK(last.status == 0);
        check_room();
        expected_.clear();
        checked_ = on_.said().size();
    }

private:
    void check_room() {
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
    }
    // What the store has that is not done, for people.
    std::string left() {
        base::store_options file;
        file.path = on_.folder() + "/matrix.db";
        file.migrations = matrix::detail::migrations();
        auto const store = base::store::open(std::move(file), base::make_inline_store_runner()).value();
        auto look = [](base::transaction& t) {
            return t.query(
                "SELECT 'inbox ' || state || ' ' || tries || ' ' || event_id FROM inbox UNION ALL SELECT 'gap in ' || room_id FROM gap"
                " UNION ALL SELECT 'outbox ' || state || ' ' || key FROM outbox WHERE state IN (0, 2)");
        };
        std::string words;
        for (auto const& row : run_coroutine(on_.loop, store->read(std::move(look)))) words += row.text(0) + "; ";
        return words;
    }

    stage& on_;
    std::size_t number_ = 0;
    std::size_t checked_ = 0;
    strings expected_;
};

// One message's life, cut at each boundary in turn. `at_once`: it was said while the bot was down.
void sweep(bool at_once) {
    stage on;
    conversation talk(on);
    std::uint64_t fatal = 1;
    if (!at_once) {
        // What comes before the message is the other sweep's business.
        on.run(live_as_echo, 0, [&] {
            if (on.entrance->long_polls > 0 && fatal == 1) fatal = on.reached();
            return fatal > 1;
        });
        REQUIRE(fatal > 20);
        fatal -= 10;
    }
    for (;; ++fatal) {
        INFO("boundary " << fatal);
        auto const before = on.said().size();
        auto const say = [&] {
            if (on.said().size() == before) talk.say();
        };
        if (at_once) say();
        auto const cut = on.run(live_as_echo, fatal, [&] {
            if (on.entrance->long_polls > 0) say();
            return on.said().size() > before && talk.is_answered();
        });
        INFO("died " << cut.last);
        CHECK_FALSE(cut.stuck);
        if (!at_once) say();
        talk.settle();
        if (!cut.died) break;
    }
    std::cout << (at_once ? "said while it was down: " : "said while it waited: ") << fatal << " boundaries\n";
    CHECK(fatal > 100);
}

// A few messages, two deaths, and a process that ends what is left. Returns how often it died.
std::uint64_t live_through(std::uint64_t seed, stage& on, conversation& talk) {
    INFO("replay with: CRASH_SEED=" << seed << " crash_echo");
    auto const dice = base::make_seeded_random(seed);
    std::uint64_t deaths = 0;
    std::string story;
    for (int process = 0; process < 2; ++process) {
        for (auto n = dice->below(3); n > 0; --n) talk.say();
        auto const when = dice->below(8);
        auto const fatal = 1 + dice->below(furthest);
        bool said = false;
        auto const cut = on.run(live_as_echo, fatal, [&] {
            if (!said && (on.entrance->requests >= when || on.entrance->long_polls > 0)) {
                talk.say();
                said = true;
            }
            return said && talk.is_answered();
        });
        CHECK_FALSE(cut.stuck);
        story += "boundary " + std::to_string(fatal) + ": " + (cut.died ? cut.last : "survived") + "; ";
        if (cut.died) ++deaths;
    }
    INFO(story);
    talk.settle();
    return deaths;
}

}  // namespace

TEST_SUITE("crash::echo") {
    TEST_CASE("SIGKILL at every boundary of a message that was said while the bot was down") {
        if (!only_seed()) sweep(/*at_once=*/true);
    }

    TEST_CASE("SIGKILL at every boundary of a message that is said while the bot waits for one") {
        if (!only_seed()) sweep(/*at_once=*/false);
    }

    TEST_CASE("SIGKILL at random boundaries: each message is handled, each answer is in the room once, in order") {
        if (auto const seed = only_seed()) {
            stage on;
            conversation talk(on);
            live_through(*seed, on, talk);
            return;
        }
        auto const wanted = points(1200);
        auto const began = std::chrono::steady_clock::now();
        std::uint64_t deaths = 0;
        for (std::uint64_t seed = 1; deaths < wanted; seed += lives_a_stage) {
            stage on;
            conversation talk(on);
            for (std::uint64_t life = 0; life < lives_a_stage && deaths < wanted; ++life) deaths += live_through(seed + life, on, talk);
        }
        std::chrono::duration<double> const took = std::chrono::steady_clock::now() - began;
        std::cout << deaths << " deaths at random boundaries, " << static_cast<double>(deaths) / took.count() << " a second\n";
    }
}

}  // namespace chatrixcd::test
