// SPDX-License-Identifier: Apache-2.0
// FOR TESTS OF CLIENTS ALONE: what a handler throws to have its connection misbehave. The server of http_server.hpp obeys it, and so do
// transports without a socket that call a handler themselves. Nothing outside of testing kits throws it.
#pragma once

#include <chrono>
#include <cstddef>
#include <exception>
#include <utility>

#include <chatrixcd/base/http.hpp>

namespace chatrixcd::base::http {

class connection_fault final : public std::exception {
public:
    enum class way : std::uint8_t {
        refuse,    // as if nobody listened (`unavailable`); over a socket, which is accepted by then: as reset
        reset,     // cut without an answer (RST)
        truncate,  // a header that promises the whole body, `bytes` of the body, then the end of the connection
        drip,      // the whole answer, `bytes` of it each `pause`
        silence,   // no byte, until the client goes or the server stops
    };

    // `answer` is used by truncate and drip; `bytes` of a drip must not be 0.
    explicit connection_fault(way which, response answer = {}, std::size_t bytes = 0, std::chrono::milliseconds pause = {})
        : how(which), said(std::move(answer)), count(bytes), each(pause) {}

    char const* what() const noexcept override { return "a connection fault, asked for by a test"; }

    way how;
    response said;
    std::size_t count;
    std::chrono::milliseconds each;
};

}  // namespace chatrixcd::base::http
