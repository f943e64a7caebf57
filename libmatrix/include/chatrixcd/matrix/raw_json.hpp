// SPDX-License-Identifier: Apache-2.0
// What a homeserver said, whole: the values of this library keep it beside their typed members, so that unknown fields survive.
#pragma once

#include <boost/json/fwd.hpp>
#include <memory>

namespace chatrixcd::matrix {

// Immutable, shared. Null only in a value that did not come from a homeserver.
using raw_json = std::shared_ptr<boost::json::object const>;

}  // namespace chatrixcd::matrix
