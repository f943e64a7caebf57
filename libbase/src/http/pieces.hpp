// SPDX-License-Identifier: Apache-2.0
// What everybody who passes streamed bodies on has in common.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <cstdint>
#include <string>

#include <chatrixcd/base/http_bodies.hpp>

namespace chatrixcd::base::http {

// At least one byte of a source of which `left` (> 0) bytes are still to come, at most max_piece. Errors: the source's own; invalid if it
// does not keep to its contract.
boost::asio::awaitable<result<std::string>> next_piece(body_source& source, std::uint64_t left);

error too_long(std::size_t max_body);

}  // namespace chatrixcd::base::http
