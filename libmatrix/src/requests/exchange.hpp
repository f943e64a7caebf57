// SPDX-License-Identifier: Apache-2.0
// For answers that are more than a JSON object: repeated as the policy for requests allows, and handed over as they came.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <optional>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/base/http.hpp>

#include "http/call.hpp"

namespace chatrixcd::matrix::detail {

class runtime;

// Something that grows while a transfer moves, and how long it may stand still (up to twice as long, in fact).
class movement {
public:
    movement(std::function<std::uint64_t()> how_far, base::duration patience) : moved(std::move(how_far)), span(patience) {}
    std::function<std::uint64_t()> moved;
    base::duration span;
};

// Up to five attempts; only while the client runs. Not repeated: a success, a redirect, 401, and content that is not uploaded yet. An
// attempt that stands still counts as one without an answer.
boost::asio::awaitable<base::result<base::http::response>> exchange(runtime& of, call what, std::optional<movement> watched = std::nullopt);

}  // namespace chatrixcd::matrix::detail
