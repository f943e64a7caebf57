// SPDX-License-Identifier: Apache-2.0
// How a connection becomes a WebSocket: RFC 6455, section 4.
#pragma once

#include <string>
#include <string_view>

#include <chatrixcd/base/http.hpp>
#include <chatrixcd/base/random.hpp>

namespace chatrixcd::base::http {

// The value of Sec-WebSocket-Key: 16 random bytes.
std::string new_websocket_key(random& dice);
// What a server answers to it.
std::string websocket_accept(std::string_view key);

// The client's: the fields that turn the head of a GET, as request_head() makes it, into the wish for a WebSocket.
std::string with_websocket_fields(std::string head, std::string_view key);
// Whether a head, with its empty line, says 101; and if it does, why it is not the answer to our key.
bool is_switching(std::string_view head);
result<void> check_switching(std::string_view head, std::string_view key);

// The server's: whether a request wants a WebSocket; if so, the status that refuses it, or 0.
bool wants_websocket(request const& r);
unsigned bad_websocket_request(request const& r);
// The head that answers it.
std::string switching_head(request const& r);

}  // namespace chatrixcd::base::http
