// SPDX-License-Identifier: Apache-2.0
// Does a `ci::server` keep the contract of server.hpp? For the tests of every adapter; knows no test framework.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/chatops/ci/server.hpp>

namespace chatrixcd::chatops::testing {

// What the server under test must hold.
class ci_subject {
public:
    ci_subject(base::clock& clock, ci::run_request quick_success) : time(&clock), succeeds(std::move(quick_success)) {}
    base::clock* time;                                   // the server's; waiting is done on it
    ci::run_request succeeds;                            // ends with success; prints at least two lines if there is a log facet
    std::optional<ci::run_request> fails;                // ends with failure
    std::optional<ci::run_request> slow;                 // runs until it is cancelled
    base::duration patience = std::chrono::seconds(30);  // for anything to happen
    // Makes the next start() answer `timeout_unknown` although the run was started, where the subject's world can do that.
    std::function<void()> lose_next_answer;
};

// Runs every check that the subject allows and returns what was wrong, one sentence each; empty: it conforms. Starts about ten runs.
// Servers that throw anything but cancellation make it throw. `server` outlives the call.
boost::asio::awaitable<std::vector<std::string>> check_ci_server(ci::server& server, ci_subject subject);

}  // namespace chatrixcd::chatops::testing
