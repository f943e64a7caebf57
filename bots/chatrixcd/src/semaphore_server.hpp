// SPDX-License-Identifier: Apache-2.0
// A Semaphore server of the configuration: the way there, the client, and its face to the engine.
#pragma once

#include <memory>

#include <chatrixcd/base/websocket.hpp>
#include <chatrixcd/chatops/adapters/semaphore.hpp>
#include <chatrixcd/semaphore/client.hpp>
#include <chatrixcd/semaphore/live.hpp>

#include "config/config.hpp"
#include "wiring.hpp"

namespace chatrixcd::bot {

class semaphore_server {
public:
    // Nothing is asked yet; the configuration's token must have been read. Error kinds invalid and environment: the address, or a file that
    // it names.
    static base::result<std::unique_ptr<semaphore_server>> make(surroundings const& around, ci_config const& wanted);
    chatops::ci::server& face() noexcept { return *face_; }
    semaphore::client& client() noexcept { return client_; }
    // One connection for news, to see whether there can be one.
    boost::asio::awaitable<base::result<semaphore::live_connection>> connect() { return semaphore::connect_live(client_, *live_); }
    // Listens to the server's own news until it is cancelled.
    boost::asio::awaitable<void> listen() { return face_->listen(*live_, *entropy_); }
    // Somebody says that a task of this project has changed.
    void hint(semaphore::project_id in) { face_->hint(in); }

private:
    class way;
    semaphore_server(surroundings const& around, way there, semaphore::client client, ci_config const& wanted);

    std::unique_ptr<base::http::transport> network_;
    std::unique_ptr<base::http::websocket_dialer> live_;
    semaphore::client client_;
    base::random* entropy_;
    std::unique_ptr<chatops::semaphore_ci_server> face_;
};

}  // namespace chatrixcd::bot
