// SPDX-License-Identifier: Apache-2.0
// Spoils an answer's JSON text.
#pragma once

#include <functional>
#include <string>

#include <chatrixcd/homeserver/testing/fault.hpp>

namespace chatrixcd::homeserver::testing::detail {

std::function<void(std::string&)> spoiler(wrong how);
// Parses, rewrites, writes; what is no JSON object stays as it is.
std::function<void(std::string&)> rewriter(std::function<void(boost::json::object&)> rewrite);
// A JSON object of exactly so many bytes, if that can be.
std::string json_of_size(std::size_t bytes);

}  // namespace chatrixcd::homeserver::testing::detail
