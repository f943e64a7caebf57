// SPDX-License-Identifier: Apache-2.0
// Whatever parses keeps its text, and its parts make it up.
#include <cstdlib>

#include <chatrixcd/protocol/ids.hpp>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace chatrixcd::protocol;
    std::string const text(reinterpret_cast<char const*>(data), size);
    auto const user = user_id::parse(text);
    if (user && "@" + std::string(user->localpart()) + ":" + user->server().str() != text) std::abort();
    auto const alias = room_alias::parse(text);
    if (alias && "#" + std::string(alias->localpart()) + ":" + alias->server().str() != text) std::abort();
    auto const room = room_id::parse(text);
    if (room && "!" + std::string(room->localpart()) + (room->server() ? ":" + room->server()->str() : "") != text) std::abort();
    if (auto const server = server_name::parse(text); server && (!text.starts_with(server->host()) || server->port() > 99999U))
        std::abort();
    if (event_id::parse(text).has_value() != (text.size() > 1 && text[0] == '$' && device_id::parse(text).has_value())) std::abort();
    return 0;
}
