// SPDX-License-Identifier: Apache-2.0
// For answers that are more than a JSON object: repeated as the policy for requests allows, and handed over as they came.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <chatrixcd/base/http.hpp>

#include "http/call.hpp"

namespace chatrixcd::matrix::detail {

class runtime;

// Up to five attempts; only while the client runs. Not repeated: a success, a redirect, 401, and content that is not uploaded yet.
boost::asio::awaitable<base::result<base::http::response>> exchange(runtime& of, call what);

}  // namespace chatrixcd::matrix::detail
