// SPDX-License-Identifier: Apache-2.0
// Refusals as the client-server API spells them ("Standard error response"): an HTTP status, an errcode, a sentence of ours.
#pragma once

#include <chrono>
#include <string>

#include <chatrixcd/base/error.hpp>
#include <chatrixcd/base/http.hpp>

namespace chatrixcd::homeserver {

using base::error;
using base::error_kind;
using base::result;

error forbidden(std::string text);                         // 403 M_FORBIDDEN
error not_found(std::string text);                         // 404 M_NOT_FOUND
error bad_json(std::string text);                          // 400 M_BAD_JSON
error not_json(std::string text);                          // 400 M_NOT_JSON
error missing_param(std::string text);                     // 400 M_MISSING_PARAM
error invalid_param(std::string text);                     // 400 M_INVALID_PARAM
error bad_request(std::string errcode, std::string text);  // 400 with that code
error unrecognized(bool path_exists);                      // 405 or 404 M_UNRECOGNIZED
error unknown_token(std::string text);                     // 401 M_UNKNOWN_TOKEN
error missing_token();                                     // 401 M_MISSING_TOKEN
error expired_token();                                     // 401 M_UNKNOWN_TOKEN, soft_logout
error too_fast(std::chrono::milliseconds wait);            // 429 M_LIMIT_EXCEEDED

// What an error without a status of its own answers, by its kind.
base::http::response error_response(error const& e);
// The headers that every answer has ("Web Browser Clients").
void add_cors(base::http::response& r);

}  // namespace chatrixcd::homeserver
