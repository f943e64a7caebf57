// SPDX-License-Identifier: Apache-2.0
// Members of a request's body that may be left out, but not be of another type.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <string_view>

#include <chatrixcd/base/error.hpp>

#include "api/refusal.hpp"

namespace chatrixcd::homeserver {

// Null if it is not there; a null there counts as that. Error: bad_json (it is no object).
inline result<boost::json::object const*> body_object(boost::json::object const& body, std::string_view member) {
    boost::json::object const* found = nullptr;
    auto const* value = body.if_contains(member);
    if (value == nullptr || value->is_null()) return found;
    if (!value->is_object()) return bad_json(std::string(member) + " is no object");
    found = &value->get_object();
    return found;
}

}  // namespace chatrixcd::homeserver
