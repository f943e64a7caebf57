// SPDX-License-Identifier: Apache-2.0
// A Semaphore server of the configuration: the way there, the client, and its face to the engine.
#pragma once

#include <memory>

#include <chatrixcd/chatops/ci/server.hpp>
#include <chatrixcd/semaphore/client.hpp>

#include "config/config.hpp"
#include "wiring.hpp"

namespace chatrixcd::bot {

class semaphore_server {
public:
    // Nothing is asked yet; the configuration's token must have been read. Error kinds invalid and environment: the address, or a file that
    // it names.
    static base::result<std::unique_ptr<semaphore_server>> make(surroundings const& around, ci_config const& wanted);
    chatops::ci::server& face() noexcept { return *face_; }

private:
    semaphore_server(surroundings const& around, std::unique_ptr<base::http::transport> network, semaphore::client client,
                     ci_config const& wanted);

    std::unique_ptr<base::http::transport> network_;
    semaphore::client client_;
    std::unique_ptr<chatops::ci::server> face_;
};

}  // namespace chatrixcd::bot
