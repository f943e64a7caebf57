// SPDX-License-Identifier: Apache-2.0
// What a homeserver's HTTP answer says (client-server API, "Standard error response").
#pragma once

#include <boost/json/fwd.hpp>

#include <chatrixcd/base/error.hpp>
#include <chatrixcd/base/http.hpp>

namespace chatrixcd::matrix::detail {

// The JSON object of a 2xx answer, or the error that it stands for: 400 invalid, 401 unauthorized, 403 forbidden, 404 not_found,
// 409 conflict, 413 too_large, 429 rate_limited, 408 and 5xx timeout_unknown (it may have been executed), M_UNRECOGNIZED unsupported,
// everything else protocol. `what` names the request in the error's message. What is nested more than 64 levels deep is cut to null.
base::result<boost::json::object> read_answer(base::http::response const& r, std::string_view what);

// Whether the access token was refused: 401, but not one that asks for another stage of user-interactive authentication.
bool is_refused_token(base::http::response const& r);

// Whether the server does not know the endpoint, or not the method: M_UNRECOGNIZED, or a bare 404, 405 or 501 without an errcode
// (client-server API, "Unsupported endpoints").
bool is_unknown_endpoint(base::error const& e) noexcept;

// Whether a refused token may be replaced for the same device (client-server API, "Soft logout").
bool is_soft_logout(base::http::response const& r);

}  // namespace chatrixcd::matrix::detail
