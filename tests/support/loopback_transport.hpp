// SPDX-License-Identifier: Apache-2.0
// A network of one server without a socket, which misbehaves as a test says: by rules, or by a function that is asked for each request.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <utility>

#include <chatrixcd/homeserver/testing/faults.hpp>
#include <chatrixcd/homeserver/testing/network.hpp>

namespace chatrixcd::test {

using homeserver::testing::fault;

class loopback_transport final : public base::http::transport {
public:
    // Clock and server must outlive it. stop() must have been awaited before it is destroyed.
    loopback_transport(boost::asio::any_io_executor executor, base::clock& time, base::http::handler& server, std::uint64_t seed = 1)
        : rules(executor, time, server, seed), hosts(std::move(executor), time) {
        hosts.other_hosts(rules);
        calm();
        rules.observe([this](base::http::request const& r, base::http::response const& said) {
            if (observer) observer(r, said);
        });
    }

    // Asked for each request that no rule is applied to; its URL is path and query.
    std::function<fault(base::http::request const&)> faults;
    // Called for each request before it leaves. What it throws is thrown at the sender, as a failure of our own would be.
    std::function<void(base::http::request const&)> leaving;
    // Told what the server did with each request that reached it.
    std::function<void(base::http::request const&, base::http::response const&)> observer;
    homeserver::testing::faults rules;
    // Every host is the server, unless something else is said here.
    homeserver::testing::network hosts;

    // The trouble ends.
    void calm() {
        faults = nullptr;
        rules.clear();
        rules.otherwise([this](base::http::request const& r) { return faults ? faults(r) : fault::none(); });
    }

    boost::asio::awaitable<base::result<base::http::response>> send(base::http::request r) override {
        if (leaving) leaving(r);
        return hosts.send(std::move(r));
    }
    boost::asio::awaitable<void> stop() { return hosts.stop(); }
};

}  // namespace chatrixcd::test
