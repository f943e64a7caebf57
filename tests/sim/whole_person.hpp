// SPDX-License-Identifier: Apache-2.0
// The person who talks to the bot: a Matrix client of the same library behind the same bad network, which never dies; and, to see what
// became of it all, requests that always arrive.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/json/object.hpp>
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <chatrixcd/base/http.hpp>
#include <chatrixcd/base/random.hpp>
#include <chatrixcd/homeserver/server.hpp>
#include <chatrixcd/matrix/client.hpp>

#include "sim/whole_network.hpp"
#include "sim/whole_room.hpp"

namespace chatrixcd::test {

class whole_person {
public:
    // `how` has the homeserver, time and log; all that is handed in must outlive stop().
    whole_person(boost::asio::any_io_executor executor, matrix::options how, whole_network& net, base::http::handler& server,
                 homeserver::registered account, std::uint64_t seed);

    std::string id() const { return account_.user.str(); }
    boost::asio::awaitable<void> start();
    boost::asio::awaitable<void> stop();
    // From now on this client only speaks. Most lives do without: what it would see is in the room anyway.
    void stop_listening();
    bool is_listening() const noexcept { return listening_; }

    boost::asio::awaitable<std::string> make_room(std::string name, std::string invited);
    // Returns the event's id once the homeserver has accepted it, however long that takes.
    boost::asio::awaitable<std::string> say(std::string room, matrix::outgoing what);
    boost::asio::awaitable<void> edit(std::string room, std::string event, std::string text);
    // How often each event of others was delivered to this client, while it ran.
    std::map<std::string, std::size_t> const& seen() const noexcept { return seen_; }

    // Everything in the room, by requests of which none is lost.
    boost::asio::awaitable<std::vector<boost::json::object>> history(std::string room);

private:
    base::http::handler& server_;
    homeserver::registered account_;
    std::unique_ptr<base::random> entropy_;
    wire network_;
    matrix::client client_;
    bool listening_ = true;
    std::map<std::string, std::size_t> seen_;
};

}  // namespace chatrixcd::test
