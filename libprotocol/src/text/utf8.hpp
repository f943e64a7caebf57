// SPDX-License-Identifier: Apache-2.0
// Whether bytes are UTF-8 (RFC 3629: no surrogates, no overlong forms).
#pragma once

#include <string_view>

namespace chatrixcd::protocol {

bool is_utf8(std::string_view text) noexcept;

}  // namespace chatrixcd::protocol
