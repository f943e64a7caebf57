// SPDX-License-Identifier: Apache-2.0
// What happens in one simulated life of the whole system: drawn from a seed, and nothing else.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <chatrixcd/base/random.hpp>

#include "sim/whole_world.hpp"

namespace chatrixcd::test {

// What the person said, for the final account.
struct said_line {
    std::string room;
    std::string event;
    std::string text;
    bool is_command = false;  // exactly one message of the bot answers it; otherwise none
};

// How bad the world may be.
struct whole_badness {
    bool faults = true;  // of network and CI
    bool cuts = true;    // of the bot
    bool power = false;  // with each cut the disk loses what was not synced
};

class whole_script {
public:
    whole_script(std::uint64_t seed, whole_badness how_bad, bool loud);

    // Lives the whole life, until nothing is left to do. Empty, or what is pending for ever.
    std::vector<std::string> play();

    whole_world& world() noexcept { return world_; }
    std::vector<said_line> const& said() const noexcept { return said_; }
    bool is_native() const noexcept { return native_; }
    // Whether the CI may have been unable to tell what became of a start, or showed nothing for long.
    bool could_be_unknown() const noexcept { return unknowable_; }
    std::size_t cuts() const noexcept { return cuts_; }
    // Processes that ended because they could not start, or could not go on.
    std::size_t failures() const noexcept { return failures_; }

private:
    std::uint64_t below(std::uint64_t bound) { return dice_->below(bound); }
    bool one_in(std::uint64_t n) { return below(n) == 0; }
    base::duration up_to(base::duration most) { return base::duration(below(static_cast<std::uint64_t>(most.count()) + 1)); }

    void furnish();
    void be_rough();
    boost::asio::awaitable<void> talk();
    boost::asio::awaitable<void> command();
    boost::asio::awaitable<void> chatter(std::string room);
    boost::asio::awaitable<void> say(std::string room, matrix::outgoing what, std::string text, bool is_command);
    void trouble();
    bool late_start(chatops::ci::plan const& what, chatops::ci::run_key const& key);
    boost::asio::awaitable<void> arrive_later(chatops::ci::plan what, chatops::ci::run_key key, base::duration after);
    void live();
    void be_away();
    void calm_down();
    std::vector<std::string> open_ends();

    std::unique_ptr<base::random> dice_;
    whole_badness how_bad_;
    bool native_ = false;
    bool unknowable_ = false;
    bool calm_ = false;
    bool talked_ = false;
    std::size_t late_ = 0;  // starts that are still under way
    std::size_t cuts_ = 0;
    std::size_t failures_ = 0;
    std::vector<said_line> said_;
    whole_world world_;
};

}  // namespace chatrixcd::test
