// SPDX-License-Identifier: Apache-2.0
// Reads HTTP/1.1 requests, one after another, out of the bytes of a connection: bytes in, requests out, no I/O.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include <chatrixcd/base/http.hpp>

namespace chatrixcd::base::http {

class request_reader {
public:
    request_reader(std::size_t max_header, std::size_t max_body);
    ~request_reader();
    request_reader(request_reader const&) = delete;
    request_reader& operator=(request_reader const&) = delete;

    // Takes what was received. Returns the status of the answer that refuses it, after which the connection must be closed, or 0.
    unsigned feed(std::string_view bytes);
    // Whether nothing of a request has come yet.
    bool idle() const;
    bool header_complete() const;
    // Whether the client waits for "100 Continue" before it sends the body (RFC 9110, 10.1.1).
    bool expects_continue() const;
    bool complete() const;
    // Whether the client wants to go on with this connection: call when complete.
    bool keep_alive() const;
    // The request; call once, when complete. `remote` is left empty.
    request take();
    // Begins the next request with what was received behind the last one. Returns as feed().
    unsigned next();

private:
    struct state;
    std::unique_ptr<state> state_;
};

}  // namespace chatrixcd::base::http
