// SPDX-License-Identifier: Apache-2.0
// What outlives every process of a bot: a homeserver on a real socket, a person and a room. It runs in the test's own process and thread.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/json/object.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <chatrixcd/base/files.hpp>
#include <chatrixcd/base/http_server.hpp>
#include <chatrixcd/base/random.hpp>
#include <chatrixcd/base/task_group.hpp>
#include <chatrixcd/homeserver/server.hpp>

#include "crash/child.hpp"
#include "crash/mortal.hpp"

namespace chatrixcd::test {

// The homeserver, seen from its door.
class door final : public base::http::handler {
public:
    explicit door(base::http::handler& inner) : inner_(inner) {}
    boost::asio::awaitable<base::http::response> handle(base::http::request r) override;

    // What else is served, by the first part of its path: "/ci/".
    std::string other_prefix;
    base::http::handler* other = nullptr;

    std::set<std::string> keys;  // of messages that were accepted
    std::size_t requests = 0;    // since somebody last set it to 0
    std::size_t long_polls = 0;  // likewise: whoever waits for news has nothing else to do

private:
    base::http::handler& inner_;
};

// How a process of the bot has ended.
struct ending {
    bool died = false;   // at its boundary
    bool stuck = false;  // nothing happened for long
    int status = 0;
    std::uint64_t reached = 0;
    std::string last;
};

class stage {
public:
    stage();
    ~stage();

    static constexpr char const* password = "correct horse battery staple";
    static constexpr char const* bot = "@bot:test";
    static constexpr char const* ann = "@ann:test";

    std::string url() const;
    std::string const& room() const noexcept { return room_; }
    // The bot's folder.
    std::string folder() const { return folder_.path() + "/bot"; }

    // What a process of the bot does, on a boundary counter of its own.
    using life = std::function<int(stage const&, mortal&, int line)>;
    // One process: until it dies, or `done`; then it is asked to stop, which it may survive or not. `done` is asked after everything that
    // happens at the homeserver, and after each commit of the process.
    ending run(life const& what, std::uint64_t fatal, std::function<bool()> const& done);
    // The process that runs dies at its n-th boundary from now.
    void arm(std::uint64_t n) noexcept { book_.arm(n); }
    std::uint64_t reached() const noexcept { return book_.reached(); }
    std::uint64_t commits() const noexcept { return book_.commits(); }

    // Ann says something; returns before the homeserver has it, which is at once.
    void say(std::string text);
    // The ids of all that was said, in order.
    std::vector<std::string> const& said() const noexcept { return said_; }
    // Every event of the room from the `since`-th thing that was said, oldest first.
    std::vector<boost::json::object> events(std::size_t since);

    boost::asio::io_context loop{1};
    std::unique_ptr<base::clock> time = base::make_system_clock();
    std::unique_ptr<door> entrance;

private:
    boost::json::object ask(base::http::method verb, std::string path, std::string token, boost::json::object body = {});
    bool run_until(std::function<bool()> const& done);

    std::unique_ptr<base::random> entropy_ = base::make_system_random();
    base::temporary_folder folder_{"crash-"};
    ledger book_;
    std::unique_ptr<homeserver::server> server_;
    std::unique_ptr<base::http::server> listener_;
    std::string token_;
    std::string bot_token_;
    std::string room_;
    std::vector<std::string> said_;
    base::task_group saying_{loop.get_executor(), nullptr};
};

}  // namespace chatrixcd::test
