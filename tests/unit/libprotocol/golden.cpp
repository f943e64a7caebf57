// SPDX-License-Identifier: Apache-2.0
#include "golden.hpp"

#include <boost/json/parse.hpp>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace chatrixcd::test {

boost::json::value golden(std::string const& name) {
    std::ifstream file(CHATRIXCD_GOLDEN + name);
    if (!file) throw std::runtime_error("no golden file " + name);
    return boost::json::parse(std::string(std::istreambuf_iterator<char>(file), {}));
}

boost::json::object object_of(std::string_view text) { return boost::json::parse(text).as_object(); }

std::string text_of(boost::json::value const& value) { return std::string(value.as_string()); }

}  // namespace chatrixcd::test
