// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace chatrixcd::protocol {

// Throws error_exception(environment) if the machine's crypto library cannot.
std::array<std::byte, 32> sha256(std::string_view bytes);

}  // namespace chatrixcd::protocol
