// SPDX-License-Identifier: Apache-2.0
// The grammar of server names (appendices, "Server Name").
#pragma once

#include <cstddef>
#include <string_view>

namespace chatrixcd::protocol {

bool is_server_name(std::string_view text) noexcept;
// The length of the host in a valid server name; what follows is empty or ':' and a port.
std::size_t host_length(std::string_view name) noexcept;

}  // namespace chatrixcd::protocol
