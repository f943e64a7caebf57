// SPDX-License-Identifier: Apache-2.0
// A network without sockets: requests go to the handler of their host, under any clock. What a real connection would do, it does: a
// request that changes something is executed even if its sender has given it up meanwhile, a GET is not; time-outs and size caps hold; a
// handler's connection_fault is seen by the client as the same trouble on a wire. Streamed bodies are gathered before and delivered after.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/base/http.hpp>

namespace chatrixcd::homeserver::testing {

class network final : public base::http::transport {
public:
    // The clock must outlive it. stop() must have been awaited before it is destroyed, if anything was sent.
    network(boost::asio::any_io_executor executor, base::clock& time);
    ~network() override;

    // Requests to that host ("matrix.example.org", "localhost:8008"; http and https alike) are answered by it, which must outlive stop().
    void host(std::string name, base::http::handler& server);
    // Requests to every other host.
    void other_hosts(base::http::handler& server);
    // Nobody is there any more: `unavailable`.
    void remove(std::string const& name);
    // How long each request takes on its way there, at least; none by default. A virtual clock stands still without any.
    void latency(base::duration span);

    boost::asio::awaitable<base::result<base::http::response>> send(base::http::request r) override;
    // Cuts what is under way, and waits for its end.
    boost::asio::awaitable<void> stop();

private:
    struct impl;
    std::unique_ptr<impl> impl_;
};

}  // namespace chatrixcd::homeserver::testing
