// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/base/environment.hpp>

#include <cstdlib>

namespace chatrixcd::base {

std::optional<std::string> environment_variable(std::string const& name) {
    char const* value = std::getenv(name.c_str());
    if (value == nullptr) return std::nullopt;
    return std::string(value);
}

}  // namespace chatrixcd::base
