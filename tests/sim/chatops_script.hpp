// SPDX-License-Identifier: Apache-2.0
// What happens in one simulated life of a bot: drawn from a seed, and nothing else.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>

#include <chatrixcd/base/random.hpp>

#include "sim/chatops_world.hpp"

namespace chatrixcd::test {

// What was said, for the final account.
struct said_command {
    std::string event;
    std::string text;
    bool answered = true;  // exactly one message of the bot replies to it; otherwise none
    bool is_talk = false;  // said in a command's thread: a command only if it answers a question, and answered only then
};

class chatops_script {
public:
    explicit chatops_script(std::uint64_t seed);

    // Lives the whole life, until nothing is left to do. False if that does not come.
    bool play();

    chatops_world& world() noexcept { return world_; }
    std::vector<said_command> const& said() const noexcept { return said_; }
    bool is_native() const noexcept { return native_; }
    // Whether find() may have answered `unknown`, or nothing for an hour.
    bool could_be_unknown() const noexcept { return unknowable_; }
    std::size_t deaths() const noexcept { return deaths_; }

    static constexpr char const* other_room = "!other:example.org";

private:
    std::uint64_t below(std::uint64_t bound) { return dice_->below(bound); }
    bool one_in(std::uint64_t n) { return below(n) == 0; }
    base::duration up_to(base::duration most) { return base::duration(below(static_cast<std::uint64_t>(most.count()) + 1)); }

    void furnish();
    void speak();
    void answer();
    std::string room_of(std::string const& event) const;
    void trouble();
    void step_or_die(base::duration span);
    void be_born();
    void calm_down();
    bool late_start(chatops::ci::plan const& what, chatops::ci::run_key const& key);

    std::unique_ptr<base::random> dice_;
    bool native_ = false;
    bool unknowable_ = false;
    bool calm_ = false;
    std::size_t deaths_ = 0;
    std::size_t lives_left_ = 0;
    std::vector<said_command> said_;
    chatops_world world_;
};

}  // namespace chatrixcd::test
