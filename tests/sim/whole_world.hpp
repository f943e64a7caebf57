// SPDX-License-Identifier: Apache-2.0
// Homeserver, person, CI and the bot's processes under one virtual clock, in one thread. Everything is a function of the seed and of what
// is done with it.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <chatrixcd/base/files.hpp>
#include <chatrixcd/base/log.hpp>
#include <chatrixcd/base/random.hpp>
#include <chatrixcd/base/task_group.hpp>
#include <chatrixcd/base/virtual_clock.hpp>
#include <chatrixcd/chatops/testing/scripted_ci.hpp>
#include <chatrixcd/homeserver/server.hpp>

#include "sim/whole_bot.hpp"
#include "sim/whole_network.hpp"
#include "sim/whole_person.hpp"
#include "sim/whole_stores.hpp"
#include "support/disk/fragile_disk.hpp"
#include "support/run_coroutine.hpp"

namespace chatrixcd::test {

class whole_world {
public:
    // Accounts and rooms are there, and the bot has joined and is up; the network is calm. `loud`: everybody logs to standard error.
    // `fragile`: the bot's disk loses with each kill what was not synced.
    whole_world(std::uint64_t seed, std::size_t rooms, bool loud, bool fragile = false);
    ~whole_world();

    static constexpr char const* bot_id = "@bot:test";

    // A new process on the same folder.
    void start_bot();
    // Ends at once: SIGKILL, or the power fails. What is left of it is tidied up.
    void kill_bot();
    // Ends in good order.
    void stop_bot();
    // Somebody ends all sessions of the bot's account at the homeserver: its device is gone, and its transaction ids with it.
    void log_bot_out();
    bool is_up() const noexcept { return bot_ != nullptr; }
    whole_bot& bot() { return *bot_; }

    // Lets time pass until `done`; false if that does not happen within `limit` of virtual time.
    bool run_until(std::function<bool()> const& done, base::duration limit);
    void let_pass(base::duration span);
    template <class T>
    T run(boost::asio::awaitable<T> work) {
        return run_virtual<T>(loop, time, std::move(work));
    }

    whole_person& person() { return *person_; }
    std::vector<std::string> const& rooms() const noexcept { return rooms_; }
    whole_room read_room(std::string const& room);
    // The bot's own books, also while it is up.
    whole_stores stores() const { return whole_stores(folder_.path() + "/bot"); }

    // Where the bot has them.
    std::string folder() const { return folder_.path() + "/bot"; }

    whole_network& network() { return *network_; }
    // What was logged, from warnings up.
    std::vector<std::string> const& warnings() const noexcept { return warnings_; }

    boost::asio::io_context loop;
    base::virtual_clock time;
    base::task_group background;  // what goes on whatever happens to the bot
    chatops::testing::scripted_ci ci;
    powered_ci::slow_start slow_start;

private:
    void open_server();
    void furnish(std::size_t rooms);
    bool has_joined();
    std::uint64_t next_seed() { return dice_->below(std::uint64_t{1} << 62U); }

    base::logger log_;
    std::unique_ptr<base::random> dice_;
    std::unique_ptr<base::random> server_entropy_;
    std::unique_ptr<homeserver::server> server_;
    std::unique_ptr<whole_network> network_;
    std::unique_ptr<whole_person> person_;
    std::vector<std::string> rooms_;
    base::temporary_folder folder_;
    bool fragile_;
    fragile_disk disk_;
    std::vector<std::string> warnings_;
    std::unique_ptr<whole_bot> bot_;
};

}  // namespace chatrixcd::test
