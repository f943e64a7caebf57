// SPDX-License-Identifier: Apache-2.0
// From a request to a plan, and from a plan to a task.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <chatrixcd/chatops/ci/values.hpp>
#include <chatrixcd/semaphore/client.hpp>

namespace chatrixcd::chatops::semaphore_ci {

// A job with the options that its template lets a run set, behind its parameters.
ci::job with_options(ci::job job, semaphore::job_template const& of);

// With the defaults that Semaphore does not fill in, and the checks that it does not make.
boost::asio::awaitable<ci::result<ci::plan>> make_plan(semaphore::client& server, ci::run_request wanted);

// The task that a plan asks for. Secrets go their own way.
semaphore::new_task task_of(ci::plan const& exactly, semaphore::job_template const& of, ci::run_key const& key);

}  // namespace chatrixcd::chatops::semaphore_ci
