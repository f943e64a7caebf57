// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/value.hpp>
#include <string>
#include <string_view>

#include "support/results.hpp"

namespace chatrixcd::test {

// A file of tests/golden/protocol.
boost::json::value golden(std::string const& name);
boost::json::object object_of(std::string_view text);
std::string text_of(boost::json::value const& value);

// doctest prints it with the case that failed.
template <class T>
std::string why(T const& result) {
    return result ? std::string("allowed") : result.error().message();
}

}  // namespace chatrixcd::test
