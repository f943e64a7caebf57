// SPDX-License-Identifier: Apache-2.0
#include "sim/chatops_script.hpp"

#include <array>
#include <chrono>
#include <utility>

namespace chatrixcd::test {

namespace {

using namespace std::chrono_literals;
using chatops::testing::find_fault;
using chatops::testing::scripted_job;
using chatops::testing::send_fault;
using chatops::testing::start_fault;

constexpr std::array<char const*, 16> lines{"!cd run hello",
                                            "!cd run demo hello",
                                            "!cd run broken",
                                            "!cd run deploy version=1",
                                            "!cd run deploy version=2 token=s3cret",
                                            "!cd run 3 version=4",
                                            "!cd run deploy",
                                            "!cd run nothing",
                                            "!cd status",
                                            "!cd logs",
                                            "!cd stop",
                                            "!cd projects",
                                            "!cd templates",
                                            "!cd ping",
                                            "!cd help",
                                            "!cd rnu hello"};

// What may be an answer in a thread.
constexpr std::array<char const*, 5> answers{"1.4.2", "2", "cancel", "two\nlines", "did it work?"};

// The request that was slow to leave arrives now, whatever became of who sent it.
boost::asio::awaitable<void> arrive_later(chatops_world& world, chatops::ci::plan what, chatops::ci::run_key key, base::duration after) {
    co_await world.time.sleep(after);
    co_await world.ci.start(std::move(what), std::move(key));
}

}  // namespace

chatops_script::chatops_script(std::uint64_t seed) : dice_(base::make_seeded_random(seed)), world_(seed) { furnish(); }

void chatops_script::furnish() {
    native_ = one_in(2);
    world_.ci.set_native_keys(native_);
    world_.ci.set_events(one_in(2));
    if (one_in(2)) world_.ci.set_visible_after(up_to(20s));
    if (one_in(2)) world_.chat.set_latency(up_to(2s));
    if (one_in(8)) {
        world_.ci.set_memory(20min);
        unknowable_ = true;
    }
    world_.ci.add_job(scripted_job("demo", "hello").queued_for(up_to(5s)).runs_for(up_to(20s)).prints({"hello", "world"}));
    world_.ci.add_job(
        scripted_job("demo", "broken").runs_for(up_to(20s)).ends(chatops::ci::outcome::failure, "exit status 2").prints({"oops"}));
    chatops::ci::parameter_spec version;
    version.name = "version";
    version.required = true;
    chatops::ci::parameter_spec token;
    token.name = "token";
    token.type = chatops::ci::parameter_type::secret;
    world_.ci.add_job(scripted_job("demo", "deploy").takes(version).takes(token).runs_for(up_to(10min)));
    world_.rules =
        std::make_shared<chatops::allow_list>(std::vector<std::string>{world_.ann}, std::vector<std::string>{world_.room, other_room});
    world_.slow_start = [this](chatops::ci::plan const& what, chatops::ci::run_key const& key) { return late_start(what, key); };
    lives_left_ = below(7);
}

bool chatops_script::late_start(chatops::ci::plan const& what, chatops::ci::run_key const& key) {
    if (calm_ || !one_in(12)) return false;
    world_.background.spawn(arrive_later(world_, what, key, up_to(world_.options.start_limit + world_.options.start_margin)));
    return true;
}

void chatops_script::speak() {
    auto const* const where = one_in(4) ? other_room : chatops_world::room;
    said_command one;
    one.text = lines[below(lines.size())];
    auto const* who = chatops_world::ann;
    if (one_in(12)) {
        who = "@eve:example.org";
        one.answered = one_in(2);
        one.event = world_.chat.says(who, one.answered ? where : "!elsewhere:example.org", one.text);
    } else {
        one.event = world_.chat.says(who, where, one.text);
    }
    if (one_in(6)) world_.chat.says(who, where, "hello everybody");
    said_.push_back(std::move(one));
}

// In the thread of something that was said, which may have been asked a question.
void chatops_script::answer() {
    if (said_.empty()) return;
    auto const& before = one_in(2) ? said_.back() : said_[below(said_.size())];
    if (!before.answered || before.is_talk) return;
    said_command one;
    one.is_talk = true;
    one.text = answers[below(answers.size())];
    one.event = world_.chat.says_in_thread(chatops_world::ann, room_of(before.event), before.event, one.text);
    said_.push_back(std::move(one));
}

std::string chatops_script::room_of(std::string const& event) const {
    for (auto const& message : world_.chat.transcript()) {
        if (message.event == event) return message.room;
    }
    return "";
}

void chatops_script::trouble() {
    if (one_in(5)) {
        constexpr std::array faults{start_fault::refused, start_fault::unavailable, start_fault::lost_before, start_fault::lost_after};
        world_.ci.next_start(faults[below(faults.size())]);
    }
    if (one_in(8)) {
        constexpr std::array faults{find_fault::unknown, find_fault::absent, find_fault::unavailable};
        auto const fault = faults[below(faults.size())];
        if (fault == find_fault::unknown) unknowable_ = true;
        world_.ci.next_find(fault);
    }
    if (one_in(8)) world_.ci.fail_gets(below(5), one_in(2) ? base::error_kind::unavailable : base::error_kind::timeout_unknown);
    if (one_in(12)) world_.ci.set_down(true);
    if (one_in(3)) world_.ci.set_down(false);
    if (one_in(10) && !said_.empty()) world_.chat.deliver_again(said_[below(said_.size())].event);
    if (one_in(20)) world_.time.skew(one_in(2) ? up_to(5min) : -up_to(5min));
}

// A new process, which may be one of those that end at some step.
void chatops_script::be_born() {
    world_.start_bot();
    if (lives_left_ == 0) return;
    --lives_left_;
    if (one_in(4)) return;
    world_.switched().cut_at(1 + below(one_in(3) ? 12 : 90));
}

void chatops_script::step_or_die(base::duration span) {
    auto const end = world_.time.uptime() + span;
    while (world_.time.uptime() < end) {
        auto const left = end - world_.time.uptime();
        if (!world_.is_up()) {
            world_.let_pass(std::min(left, up_to(3min)));
            be_born();
            continue;
        }
        bool over = false;
        auto alarm = [](base::clock& clock, base::duration in, std::shared_ptr<bool> rings) -> boost::asio::awaitable<void> {
            co_await clock.sleep(in);
            *rings = true;
        };
        auto rings = std::make_shared<bool>(false);
        world_.background.spawn(alarm(world_.time, left, rings));
        world_.run_until([&] { return over = *rings; }, left + 1s);
        bool const murdered = lives_left_ > 0 && one_in(12);
        if (!world_.switched().is_dead() && !murdered) continue;
        if (murdered) --lives_left_;
        ++deaths_;
        world_.kill_bot();
    }
}

void chatops_script::calm_down() {
    calm_ = true;
    world_.ci.set_down(false);
    lives_left_ = 0;
    if (world_.is_up()) {
        world_.kill_bot();
        ++deaths_;
    }
    world_.start_bot();
}

bool chatops_script::play() {
    be_born();
    auto const commands = 2 + below(6);
    for (std::uint64_t i = 0; i < commands; ++i) {
        trouble();
        speak();
        if (one_in(2)) {
            step_or_die(up_to(30s));
            answer();
        }
        step_or_die(one_in(3) ? up_to(10min) : up_to(10s));
    }
    calm_down();
    for (int hour = 0; hour < 24; ++hour) {
        world_.let_pass(20min);
        if (world_.is_quiet()) return true;
    }
    return false;
}

}  // namespace chatrixcd::test
