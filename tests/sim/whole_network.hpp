// SPDX-License-Identifier: Apache-2.0
// The network between clients and a homeserver, without a socket. A request travels on its own: it may arrive after its sender has given
// it up, or has died. What happens to it is drawn from a seed.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/base/http.hpp>
#include <chatrixcd/base/random.hpp>
#include <chatrixcd/base/task_group.hpp>

#include "sim/chatops_power.hpp"

namespace chatrixcd::test {

class whole_network {
public:
    using answer = base::result<base::http::response>;

    // Clock and server must outlive stop().
    whole_network(boost::asio::any_io_executor executor, base::clock& time, base::http::handler& server, std::uint64_t seed);

    // Of a thousand requests so many meet something bad; 0, the default: none. Every request takes some time.
    void set_roughness(std::uint64_t per_mille) { roughness_ = per_mille; }
    std::size_t faults() const noexcept { return faults_; }

    boost::asio::awaitable<answer> carry(base::http::request r);
    // A request that gets nowhere.
    boost::asio::awaitable<answer> lose(base::http::request r);
    // Loses what is under way.
    boost::asio::awaitable<void> stop();

private:
    // What happens to one request.
    class fate {
    public:
        fate() = default;
        base::duration out{0};
        base::duration back{0};
        bool arrives = true;
        std::optional<answer> instead;  // of the server's answer
    };
    class journey;

    std::uint64_t below(std::uint64_t bound) { return dice_->below(bound); }
    base::duration up_to(base::duration most) { return base::duration(below(static_cast<std::uint64_t>(most.count()) + 1)); }
    fate draw();
    void draw_fault(fate& into);
    boost::asio::awaitable<void> travel(std::shared_ptr<journey> one, base::http::request r, fate its);

    boost::asio::any_io_executor executor_;
    base::clock& time_;
    base::http::handler& server_;
    std::unique_ptr<base::random> dice_;
    std::uint64_t roughness_ = 0;
    std::size_t faults_ = 0;
    base::task_group travelling_;
};

// One party's end of the network. With a switch, each request is a step at which the process can die, before and after it.
class wire final : public base::http::transport {
public:
    explicit wire(whole_network& net, power* switched = nullptr) : net_(net), power_(switched) {}

    // From now on its long polls are never answered.
    void stop_listening() noexcept { deaf_ = true; }
    boost::asio::awaitable<base::result<base::http::response>> send(base::http::request r) override;

private:
    whole_network& net_;
    power* power_;
    bool deaf_ = false;
};

}  // namespace chatrixcd::test
