// SPDX-License-Identifier: Apache-2.0
// An open WebSocket on a connected stream, as either side.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <string_view>

#include <chatrixcd/base/random.hpp>
#include <chatrixcd/base/websocket.hpp>

#include "http/byte_stream.hpp"

namespace chatrixcd::base::http {

// `dice`: of a client, who masks what it sends; null: a server's side. `received`: what came behind the handshake already.
std::unique_ptr<websocket> make_websocket(boost::asio::any_io_executor executor, std::unique_ptr<byte_stream> stream, clock& time,
                                          std::unique_ptr<random> dice, websocket_limits limits, std::string_view received = {});

}  // namespace chatrixcd::base::http
