// SPDX-License-Identifier: Apache-2.0
// The parts of the CI conformance check.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <string>
#include <vector>

#include <chatrixcd/chatops/testing/ci_conformance.hpp>

#include "findings.hpp"

namespace chatrixcd::chatops::testing {

class ci_check {
public:
    // `server` outlives the check.
    ci_check(ci::server& server, ci_subject subject) : server_(server), subject_(std::move(subject)) {}

    boost::asio::awaitable<std::vector<std::string>> all();

private:
    using nothing = boost::asio::awaitable<void>;

    nothing catalog();
    nothing planning();
    nothing one_run();
    nothing keys();
    nothing lost_answer();
    nothing failing_run();
    nothing canceling();
    nothing scheduling();
    nothing logs_of(ci::run_id id);

    // A started run, or nothing (and a finding).
    boost::asio::awaitable<std::optional<ci::run_id>> started(ci::run_request what, std::string key);
    boost::asio::awaitable<std::optional<ci::run>> watched_to_the_end(ci::run_id id);
    boost::asio::awaitable<std::size_t> count_runs();
    ci::run_key key_of(std::string const& word) const;
    void judge_finished(ci::run const& run);

    ci::server& server_;
    ci_subject subject_;
    findings found_;
    base::time_point begun_{};
    bool native_keys_ = false;
};

}  // namespace chatrixcd::chatops::testing
