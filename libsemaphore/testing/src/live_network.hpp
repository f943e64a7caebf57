// SPDX-License-Identifier: Apache-2.0
// Live connections to the double that come over a network.
#pragma once

#include <chatrixcd/base/websocket.hpp>

#include "live_wire.hpp"

namespace chatrixcd::semaphore::testing {

class live_network final : public base::http::websocket_handler {
public:
    explicit live_network(live_desk& of) : desk_(of) {}
    std::optional<base::http::response> refusal(base::http::request const& r) override { return desk_.refusal(r); }
    boost::asio::awaitable<void> serve(base::http::websocket& with) override;

private:
    boost::asio::awaitable<void> tell(base::http::websocket& to);

    live_desk& desk_;
};

}  // namespace chatrixcd::semaphore::testing
