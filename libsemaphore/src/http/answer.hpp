// SPDX-License-Identifier: Apache-2.0
// What Semaphore's HTTP answers say. Most refusals have a status and nothing else.
#pragma once

#include <boost/json/fwd.hpp>
#include <optional>
#include <string>

#include <chatrixcd/base/error.hpp>
#include <chatrixcd/base/http.hpp>

#include "http/call.hpp"

namespace chatrixcd::semaphore::detail {

// Nothing for a 2xx answer, else the error that it stands for: 400 invalid, 401 unauthorized, 403 forbidden, 404 not_found, or unsupported
// where the server has no such route, 405 unsupported, 409 conflict, 413 too_large, 429 rate_limited, 408 and 5xx timeout_unknown (it may
// have been executed), everything else protocol.
std::optional<base::error> refusal_in(base::http::response const& answer, call const& asked);
// The JSON of a 2xx answer; an empty body is null. A page for people instead of JSON is `protocol`.
base::result<boost::json::value> read_json(base::http::response const& answer, call const& asked);

// The word of {"error": "…"}, or nothing.
std::string refusal_text(base::http::response const& answer);
// The user has a second factor, which has not been shown.
bool wants_second_factor(base::http::response const& answer);

}  // namespace chatrixcd::semaphore::detail
