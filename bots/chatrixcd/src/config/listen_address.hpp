// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace chatrixcd::bot {

// Where to wait for connections.
struct listen_address {
    std::string address = "127.0.0.1";  // an IP literal
    std::uint16_t port = 0;             // 0: any free one
};

// Reads a port. Empty if it is one, else what is wrong and what to write.
std::string read_port(std::string const& text, std::uint16_t& into);
// Reads "8008", "127.0.0.1:8008" or "[::1]:8008". Empty if it is one, else what is wrong and what to write.
std::string read_listen_address(std::string const& text, listen_address& into);
// "http://127.0.0.1:8008", with the port that was given to us in the end.
std::string url_at(listen_address const& where, std::uint16_t port);

}  // namespace chatrixcd::bot
