// SPDX-License-Identifier: Apache-2.0
#include "sim/whole_script.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

namespace chatrixcd::test {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using chatops::testing::find_fault;
using chatops::testing::scripted_job;
using chatops::testing::start_fault;

namespace {

constexpr std::array<char const*, 16> lines{"!cd run hello",
                                            "!cd run hello",
                                            "!cd run demo hello",
                                            "!cd run broken",
                                            "!cd run deploy version=1",
                                            "!cd run deploy version=2",
                                            "!cd run deploy version=3",
                                            "!cd run demo broken",
                                            "!cd run deploy",
                                            "!cd run nothing",
                                            "!cd status",
                                            "!cd logs",
                                            "!cd stop",
                                            "!cd projects",
                                            "!cd ping",
                                            "!cd rnu hello"};
constexpr std::array<char const*, 4> talk_of_people{"good morning", "cd run hello", "look: !cd run hello", "did it work?"};

// More than a sync response shows of a room.
constexpr std::uint64_t flood = 55;

}  // namespace

whole_script::whole_script(std::uint64_t seed, whole_badness how_bad, bool loud)
    : dice_(base::make_seeded_random(seed)), how_bad_(how_bad), world_(seed, one_in(8) ? 2 : 1, loud, how_bad.power) {
    furnish();
}

void whole_script::furnish() {
    if (!one_in(8)) world_.person().stop_listening();
    native_ = one_in(2);
    world_.ci.set_native_keys(native_);
    world_.ci.set_events(one_in(2));
    world_.ci.add_job(scripted_job("demo", "hello").queued_for(up_to(5s)).runs_for(up_to(20s)).prints({"hello", "world"}));
    world_.ci.add_job(
        scripted_job("demo", "broken").runs_for(up_to(20s)).ends(chatops::ci::outcome::failure, "exit status 2").prints({"oops"}));
    chatops::ci::parameter_spec version;
    version.name = "version";
    version.required = true;
    world_.ci.add_job(scripted_job("demo", "deploy").takes(version).runs_for(up_to(one_in(4) ? 5min : 30s)));
    world_.slow_start = [this](chatops::ci::plan const& what, chatops::ci::run_key const& key) { return late_start(what, key); };
}

void whole_script::be_rough() {
    if (!how_bad_.faults) return;
    constexpr std::array<std::uint64_t, 4> levels{0, 30, 80, 200};
    world_.network().set_roughness(levels[below(levels.size())]);
    if (one_in(2)) world_.ci.set_visible_after(up_to(20s));
    if (one_in(8)) {
        world_.ci.set_memory(20min);
        unknowable_ = true;
    }
}

asio::awaitable<void> whole_script::talk() {
    auto const commands = 3 + std::min(below(4), below(4));
    for (std::uint64_t i = 0; i < commands; ++i) {
        auto const pause = one_in(4) ? up_to(2min) : up_to(10s);
        co_await world_.time.sleep(pause);
        co_await command();
    }
    talked_ = true;
}

asio::awaitable<void> whole_script::command() {
    auto const room = world_.rooms()[below(world_.rooms().size())];
    if (one_in(4)) co_await chatter(room);
    std::string const text = lines[below(lines.size())];
    auto what = matrix::outgoing::text(text);
    if (one_in(6) && !said_.empty() && said_.front().room == room) what = std::move(what).in_thread(matrix::event_id(said_.front().event));
    co_await say(room, std::move(what), text, /*is_command=*/true);
    if (one_in(8)) {
        auto const event = said_.back().event;
        co_await world_.person().edit(room, event, "!cd run hello");
    }
}

asio::awaitable<void> whole_script::chatter(std::string room) {
    auto const count = one_in(40) ? flood : 1;
    for (std::uint64_t i = 0; i < count; ++i) {
        std::string const text = talk_of_people[below(talk_of_people.size())];
        co_await say(room, matrix::outgoing::text(text), text, /*is_command=*/false);
    }
}

asio::awaitable<void> whole_script::say(std::string room, matrix::outgoing what, std::string text, bool is_command) {
    said_line one;
    one.room = room;
    one.text = std::move(text);
    one.is_command = is_command;
    one.event = co_await world_.person().say(std::move(room), std::move(what));
    said_.push_back(std::move(one));
}

void whole_script::trouble() {
    if (!how_bad_.faults) return;
    if (one_in(4)) {
        constexpr std::array faults{start_fault::refused, start_fault::unavailable, start_fault::lost_before, start_fault::lost_after};
        world_.ci.next_start(faults[below(faults.size())]);
    }
    if (one_in(8)) {
        constexpr std::array faults{find_fault::unknown, find_fault::absent, find_fault::unavailable};
        auto const fault = faults[below(faults.size())];
        if (fault == find_fault::unknown) unknowable_ = true;
        world_.ci.next_find(fault);
    }
    if (one_in(8)) world_.ci.fail_gets(below(5), base::error_kind::unavailable);
    world_.ci.set_down(one_in(10));
    if (one_in(15)) world_.log_bot_out();
}

bool whole_script::late_start(chatops::ci::plan const& what, chatops::ci::run_key const& key) {
    if (calm_ || !how_bad_.faults || !one_in(12)) return false;
    chatops::engine_options const usual;
    world_.background.spawn(arrive_later(what, key, up_to(usual.start_limit + usual.start_margin)));
    return true;
}

// The request that was slow to leave arrives in the end, whatever became of who sent it.
asio::awaitable<void> whole_script::arrive_later(chatops::ci::plan what, chatops::ci::run_key key, base::duration after) {
    ++late_;
    co_await world_.time.sleep(after);
    co_await world_.ci.start(std::move(what), std::move(key));
    --late_;
}

// One process: until it dies at some step, cannot go on, or is ended.
void whole_script::live() {
    auto& power = world_.bot().switched();
    if (how_bad_.cuts && !one_in(4)) power.cut_at(power.steps() + 1 + below((one_in(3) ? 25 : 250) * (how_bad_.power ? 6 : 1)));
    auto const over = [this] { return world_.bot().switched().is_dead() || world_.bot().has_ended(); };
    world_.run_until(over, one_in(4) ? up_to(3min) : up_to(30s));
    if (power.is_dead() || (how_bad_.cuts && one_in(2))) {
        ++cuts_;
        world_.kill_bot();
    } else {
        failures_ += world_.bot().has_ended() ? 1 : 0;
        world_.stop_bot();
    }
}

void whole_script::be_away() {
    world_.let_pass(one_in(4) ? up_to(1min) : up_to(5s));
    // A night in which nobody does anything: homeservers may forget transaction ids, and the outbox knows.
    if (one_in(10)) world_.time.skew(13h);
}

void whole_script::calm_down() {
    calm_ = true;
    world_.network().set_roughness(0);
    world_.ci.set_down(false);
    world_.start_bot();
}

std::vector<std::string> whole_script::play() {
    be_rough();
    world_.background.spawn(talk());
    auto const lives = how_bad_.cuts ? 1 + below(4) : 0;
    for (std::uint64_t i = 0; i < lives; ++i) {
        trouble();
        if (!world_.is_up()) world_.start_bot();
        live();
        be_away();
    }
    if (!how_bad_.cuts) {
        trouble();
        live();
    }
    calm_down();
    std::vector<std::string> left;
    for (auto wait = base::duration(20s); wait < 6h; wait *= 2) {
        world_.let_pass(wait);
        left = open_ends();
        if (left.empty()) break;
    }
    return left;
}

std::vector<std::string> whole_script::open_ends() {
    auto left = world_.stores().open_ends();
    if (!talked_) left.push_back("the person talks");
    if (late_ > 0) left.push_back("starts that are under way");
    if (world_.bot().has_ended()) left.push_back("the bot has ended: " + world_.bot().why());
    if (!left.empty() || !world_.person().is_listening()) return left;
    for (auto const& id : world_.rooms()) {
        auto const room = world_.read_room(id);
        for (auto const& message : room.messages()) {
            bool const unseen = message.sender == whole_world::bot_id && !world_.person().seen().contains(message.event);
            if (unseen) left.push_back("the person has not seen " + message.event);
        }
    }
    return left;
}

}  // namespace chatrixcd::test
