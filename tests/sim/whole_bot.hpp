// SPDX-License-Identifier: Apache-2.0
// One process of the bot: a Matrix account, the adapter, the engine and a CI, wired as the program wires them. It can end at any step; the
// next one is made on the same folder.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <memory>
#include <string>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/base/log.hpp>
#include <chatrixcd/base/random.hpp>
#include <chatrixcd/base/task_group.hpp>
#include <chatrixcd/chatops/engine.hpp>
#include <chatrixcd/matrix/client.hpp>

#include "sim/chatops_power.hpp"
#include "sim/whole_network.hpp"

namespace chatrixcd::test {

// What a process finds; everything outlives it.
class bot_surroundings {
public:
    bot_surroundings(boost::asio::any_io_executor on, base::clock& its_time, whole_network& its_net, chatops::ci::server& its_ci)
        : executor(std::move(on)), time(&its_time), net(&its_net), ci(&its_ci) {}

    boost::asio::any_io_executor executor;
    base::clock* time;
    whole_network* net;
    chatops::ci::server* ci;
    powered_ci::slow_start slow_start;
    std::string folder;
    std::string homeserver;
    std::string user;
    std::string password;
    std::string admin;  // the only one who may command and invite
    std::vector<std::string> rooms;
    base::logger log;
    std::string vfs;  // through which it reaches its disk; empty: the system's
};

class whole_bot {
public:
    whole_bot(bot_surroundings around, std::uint64_t seed);
    ~whole_bot();
    whole_bot(whole_bot const&) = delete;
    whole_bot& operator=(whole_bot const&) = delete;

    // Begins to start: log in, sync, take up what was left.
    void start();
    bool is_working() const noexcept { return working_; }
    // Whether it has ended by itself, and why: a process that cannot start, or cannot go on.
    bool has_ended() const noexcept { return ended_; }
    std::string const& why() const noexcept { return why_; }
    power& switched() noexcept { return switched_; }
    matrix::client& account() noexcept { return account_; }

    // Cuts or ends in good order what is under way; awaited before destruction. A dead process is only tidied up by it.
    boost::asio::awaitable<void> end(base::duration grace);

private:
    base::store_hooks hooks();
    matrix::options account_options();
    chatops::engine_parts engine_parts();
    boost::asio::awaitable<void> begin();
    boost::asio::awaitable<void> answer_invitation(matrix::invite invitation);
    boost::asio::awaitable<void> work();
    boost::asio::awaitable<void> watch_account();
    void has_failed(std::string why);

    bot_surroundings around_;
    power switched_;
    std::unique_ptr<base::random> entropy_;
    wire network_;
    powered_ci ci_;
    matrix::client account_;
    std::unique_ptr<chatops::chat::service> chat_;
    std::unique_ptr<chatops::engine> engine_;
    bool working_ = false;
    bool ended_ = false;
    std::string why_;
    base::task_group starting_;
    base::task_group tasks_;
};

}  // namespace chatrixcd::test
