// SPDX-License-Identifier: Apache-2.0
// One life of an encrypted room, played by its plan; in the end the trouble is over, everybody speaks once more, and the promises are
// counted.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "encrypted/party.hpp"
#include "encrypted/plan.hpp"

namespace chatrixcd::test {

struct life_figures {
    std::size_t messages = 0;
    std::size_t deaths = 0;
    std::size_t faults = 0;
    std::size_t lost = 0;
    std::size_t sealed = 0;
    std::size_t vouched = 0;  // messages that were heard of devices for which their owner vouches
};

class encrypted_life {
public:
    explicit encrypted_life(life_plan plan);
    ~encrypted_life();

    // Empty, or which promises were broken.
    std::vector<std::string> play();
    life_figures figures() const;
    // What everybody's log says and what the network did.
    std::string story() const;

private:
    struct place_in_room {
        std::string event;
        std::string sender;
        std::vector<std::string> members;  // who was in the room when it was said
    };

    void perform(step const& one);
    void start(step const& one, std::size_t who);
    void lie(step const& one, std::size_t who);
    void log_in_again(step const& one, std::size_t who, bool same_device);
    homeserver::testing::faults::rule about(std::size_t who, std::string const& path);
    void say(std::size_t who);
    void settle();
    void last_words();
    std::vector<place_in_room> what_was_said();
    void judge();
    void judge_hearing(party const& who, std::vector<place_in_room> const& said, bool may_lose);
    void judge_line(party const& who, heard_line const& line);
    said_line const* find_line(std::string const& text, party const** by) const;
    void complain(std::string what) { complaints_.push_back(std::move(what)); }

    life_plan plan_;
    world w_;
    wire_watch watch_;
    person ann_;
    person bot_;
    std::optional<person> carol_;
    std::string room_;
    std::vector<std::unique_ptr<party>> parties_;
    std::vector<bool> may_lose_;  // of each party: for something that no client could help
    std::set<std::size_t> were_counts_false_;
    bool is_carol_in_ = false;
    std::optional<homeserver::testing::faults::rule> storm_;
    unsigned texts_ = 0;
    std::vector<std::string> complaints_;
};

}  // namespace chatrixcd::test
