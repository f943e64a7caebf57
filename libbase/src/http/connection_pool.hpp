// SPDX-License-Identifier: Apache-2.0
// Idle connections, kept for the next request to the same origin. Has no timer, which would keep an otherwise finished loop running:
// what has become too old is closed when the pool is used next, or destroyed.
#pragma once

#include <cstddef>
#include <deque>
#include <memory>

#include <chatrixcd/base/clock.hpp>

#include "http/byte_stream.hpp"
#include "http/connector.hpp"

namespace chatrixcd::base::http {

class connection_pool {
public:
    connection_pool(clock const& time, duration idle_timeout, std::size_t max_idle)
        : time_(time), idle_timeout_(idle_timeout), max_idle_(max_idle) {}

    // The connection used last, which the peer is least likely to have given up; null if there is none that can be used.
    std::unique_ptr<byte_stream> take(origin const& where);
    // Keeps it, at the cost of the oldest one if there are too many.
    void put(origin const& where, std::unique_ptr<byte_stream> stream);

private:
    struct idle {
        origin where;
        std::unique_ptr<byte_stream> stream;
        duration since;
    };
    void close_old();

    clock const& time_;
    duration idle_timeout_;
    std::size_t max_idle_;
    std::deque<idle> idle_;  // oldest first
};

}  // namespace chatrixcd::base::http
