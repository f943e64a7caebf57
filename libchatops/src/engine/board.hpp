// SPDX-License-Identifier: Apache-2.0
// The engine's state in memory, for snapshot() and changes(): each change has the next revision. Bounded: what has ended leaves it.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <chatrixcd/base/notifier.hpp>
#include <chatrixcd/chatops/snapshot.hpp>

namespace chatrixcd::chatops {

class board {
public:
    explicit board(boost::asio::any_io_executor executor) : changed_(std::move(executor)) {}

    void put(run_summary run);
    // A command has come from this room.
    void saw_room(std::string const& service, std::string const& room);
    // A CI answered, or did not. True if that is news.
    bool answered(std::string const& server, base::time_point now);
    bool silent(std::string const& server, std::string problem, base::time_point now);
    void add_server(std::string name, base::time_point now);
    // Nothing if the CI answers, else since when it does not.
    std::optional<base::time_point> silent_since(std::string const& server) const;

    engine_snapshot snapshot() const;
    // Keeps the board alive: whoever waits may outlive the engine.
    static boost::asio::awaitable<engine_changes> changes(std::shared_ptr<board> self, std::uint64_t since);
    // Lets everybody who waits return.
    void close();

private:
    static constexpr std::size_t kept_runs = 100;
    static constexpr std::size_t kept_rooms = 1000;

    void forget_old();
    server_health* server_named(std::string const& name);

    std::uint64_t revision_ = 0;
    bool closed_ = false;
    std::map<std::int64_t, run_summary> runs_;
    std::map<std::pair<std::string, std::string>, room_summary> rooms_;
    std::vector<server_health> servers_;
    base::notifier changed_;
};

}  // namespace chatrixcd::chatops
