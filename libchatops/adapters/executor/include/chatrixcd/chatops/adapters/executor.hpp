// SPDX-License-Identifier: Apache-2.0
// The local executor as a ci::server: with the facets logs, control and events, and starts that are keyed by the server itself.
#pragma once

#include <memory>

#include <chatrixcd/chatops/ci/server.hpp>
#include <chatrixcd/executor/server.hpp>

namespace chatrixcd::chatops {

// `jobs` is open, and outlives the adapter. Project and job ids are their names, run ids are decimal numbers.
std::unique_ptr<ci::server> make_executor_ci(executor::server& jobs);

}  // namespace chatrixcd::chatops
