// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/fwd.hpp>

#include <chatrixcd/semaphore/task.hpp>

namespace chatrixcd::semaphore::detail {

// The body of POST /project/ID/tasks, in the spelling of each version: flags and limits stand at the top, where 2.10 reads them, and in
// "params", where 2.12 and newer do. Variables, secrets and arguments are JSON written into a string.
boost::json::object to_json(new_task const& what, project_id in);

}  // namespace chatrixcd::semaphore::detail
