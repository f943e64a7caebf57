// SPDX-License-Identifier: Apache-2.0
// Canonical JSON of an object without some of its top-level members: what hashes and signatures cover.
#pragma once

#include <boost/json/fwd.hpp>
#include <initializer_list>
#include <string>
#include <string_view>

#include <chatrixcd/base/error.hpp>

namespace chatrixcd::protocol {

base::result<std::string> canonical_json_without(boost::json::object const& object, std::initializer_list<std::string_view> members);

}  // namespace chatrixcd::protocol
