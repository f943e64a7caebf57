// SPDX-License-Identifier: Apache-2.0
// One device of somebody in an encrypted room: a client whose process ends in any way and is begun again on the same store.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <chatrixcd/base/task_group.hpp>
#include <chatrixcd/matrix/recovery_key.hpp>

#include "encrypted/wire_watch.hpp"
#include "matrix/death.hpp"
#include "support/world.hpp"

namespace chatrixcd::test {

// Something that is to be said once, however often its sender dies over it.
struct said_line {
    std::string text;
    std::string event;  // empty: the sender has not heard that it was taken
};

struct heard_line {
    std::string text;
    std::string event;
    std::string sender;
    matrix::trust believed;
    unsigned upsets = 0;  // how often its process had died or stumbled before
};

// How a device is set up.
struct party_settings {
    std::string localpart;
    unsigned timeline_limit = 50;
    std::optional<matrix::recovery_key> recovery;  // with it, devices that nobody vouches for get no keys
};

class party {
public:
    // Its name is that of its store, too.
    party(world& of, wire_watch& watch, std::string name, party_settings settings, std::string room);
    ~party();

    std::string const& name() const noexcept { return name_; }
    std::string user() const { return "@" + settings_.localpart + ":test"; }

    // Its process begins; with a place, it will die there. Says once more what is not known to be said. False: it could not begin.
    bool begin(std::optional<death::place> where = std::nullopt, unsigned number = 0);
    // In good order, or of a process that has died.
    void end();
    bool is_up() const { return client_ != nullptr && !end_->dead(); }
    // It has died, or will yet.
    bool is_doomed() const { return client_ != nullptr && is_doomed_; }
    unsigned deaths() const noexcept { return deaths_; }

    // Its n-th commit from now on fails, or is kept while it is told so.
    void stumble(unsigned number, bool kept);
    void say(std::string text);
    // Waits for the first sync of this process.
    void synced();
    void note_device();

    std::vector<said_line> const& said() const noexcept { return said_; }
    std::vector<heard_line> const& heard() const noexcept { return heard_; }
    // How many messages it was told that it cannot read.
    std::size_t lost() const noexcept { return lost_; }
    std::set<std::string> const& devices() const noexcept { return devices_; }
    std::vector<std::string> const& complaints() const noexcept { return complaints_; }

private:
    class own_line;

    std::unique_ptr<matrix::client> make_client();
    boost::asio::awaitable<void> speak(std::size_t number);
    boost::asio::awaitable<void> hear(matrix::message m);
    boost::asio::awaitable<void> hear_of_loss(std::string reason);
    void before_commit();
    void after_commit();

    world& w_;
    wire_watch& watch_;
    std::string name_;
    party_settings settings_;
    std::string room_;
    std::unique_ptr<death> end_;
    std::unique_ptr<own_line> line_;
    std::unique_ptr<matrix::client> client_;
    std::unique_ptr<base::task_group> speaking_;
    bool is_ending_ = false;
    bool is_doomed_ = false;
    unsigned failing_commit_ = 0;
    bool is_kept_ = false;
    unsigned upsets_ = 0;
    unsigned deaths_ = 0;
    std::size_t lost_ = 0;
    std::vector<said_line> said_;
    std::vector<heard_line> heard_;
    std::set<std::string> devices_;
    std::vector<std::string> complaints_;
};

}  // namespace chatrixcd::test
