// SPDX-License-Identifier: Apache-2.0
// Which of the calls that came later a server has. That is found by asking, not by its version, which says little where servers are built
// from anywhere.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <chatrixcd/semaphore/client.hpp>

namespace chatrixcd::semaphore {

struct capabilities {
    bool raw_output = false;
    bool stages = false;
    bool reject = false;  // else what waits for a confirmation can only be stopped

    friend bool operator==(capabilities const&, capabilities const&) = default;
};

// Asks about a task that no project has, in a project that we may see: three requests, which change nothing. Errors: those of any call.
boost::asio::awaitable<result<capabilities>> find_capabilities(client& server, project_id in);

}  // namespace chatrixcd::semaphore
