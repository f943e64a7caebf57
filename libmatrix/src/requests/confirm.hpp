// SPDX-License-Identifier: Apache-2.0
// Sends a request that may have to be confirmed stage by stage.
#pragma once

#include <chatrixcd/matrix/uia.hpp>

#include "requests/ask.hpp"

namespace chatrixcd::matrix::detail {

// `what` is sent with `body`, then with "auth" in it until the homeserver is content. Errors: unauthorized, naming the stages that
// nobody answered; forbidden (a stage's answer was not taken); unsupported; and the request's.
boost::asio::awaitable<result<void>> confirm(runtime& of, feature which, call what, boost::json::object body, uia::answers with);

}  // namespace chatrixcd::matrix::detail
