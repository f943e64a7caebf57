// SPDX-License-Identifier: Apache-2.0
// A homeserver, people who talk to it in JSON, and a network in which tests can break things: all on one loop and virtual time.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/json/object.hpp>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <chatrixcd/base/files.hpp>
#include <chatrixcd/base/log.hpp>
#include <chatrixcd/base/random.hpp>
#include <chatrixcd/base/task_group.hpp>
#include <chatrixcd/base/virtual_clock.hpp>
#include <chatrixcd/homeserver/server.hpp>
#include <chatrixcd/matrix/client.hpp>

#include "support/loopback_transport.hpp"
#include "support/run_coroutine.hpp"

namespace chatrixcd::test {

class world;

// Somebody at a plain client, whose requests always arrive.
class person {
public:
    person(world& of, homeserver::registered account);

    std::string const& id() const { return account_.user.str(); }
    std::string const& token() const { return account_.access_token.reveal(); }

    std::string make_room(std::vector<std::string> invited = {});
    void invite(std::string const& room, std::string const& user);
    void join(std::string const& room);
    void kick(std::string const& room, std::string const& user);
    std::string say(std::string const& room, std::string const& text);
    std::string send(std::string const& room, std::string const& type, boost::json::object content);
    // Everything that was ever said in the room, oldest first.
    std::vector<boost::json::object> history(std::string const& room);
    // The bodies of all m.room.message events of `sender`.
    std::vector<std::string> bodies(std::string const& room, std::string const& sender);

private:
    boost::json::object ask(base::http::method verb, std::string const& path, boost::json::object body = {});

    world* world_;
    homeserver::registered account_;
    unsigned transactions_ = 0;
};

class world {
public:
    explicit world(std::uint64_t seed = 1, std::function<void(homeserver::server_options&)> adjust = {});
    ~world();

    person add(std::string const& localpart);

    // A client that stores in `folder` below a temporary one; empty: in memory.
    std::unique_ptr<matrix::client> make_client(std::string const& folder, std::function<void(matrix::options&)> adjust = {});
    void start(matrix::client& c, std::string const& localpart);
    void stop(matrix::client& c);

    template <class T>
    T run(boost::asio::awaitable<T> work, base::duration limit = std::chrono::hours(24)) {
        return run_virtual(loop, time, std::move(work), limit);
    }
    // Until `done`; fails the test if it does not come true within `limit` of virtual time.
    void until(std::function<bool()> done, base::duration limit = std::chrono::hours(2));
    void pass(base::duration span);

    std::string path(std::string const& folder) const { return folder_.path() + "/" + folder; }

    boost::asio::io_context loop;
    base::virtual_clock time;
    std::unique_ptr<base::random> random;
    std::unique_ptr<base::random> server_random;
    std::unique_ptr<homeserver::server> server;
    std::unique_ptr<loopback_transport> network;
    std::vector<std::string> log_lines;
    // Of clients that are made from then on.
    base::log_level log_from = base::log_level::info;

private:
    base::temporary_folder folder_;
};

std::string const password = "correct horse battery staple";
bool contains(std::string_view text, std::string_view part);

}  // namespace chatrixcd::test
