// SPDX-License-Identifier: Apache-2.0
// Reads one HTTP/1.1 answer out of the bytes of a connection: bytes in, a response out, no I/O.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include <chatrixcd/base/http.hpp>

namespace chatrixcd::base::http {

class response_reader {
public:
    // An answer to HEAD has no body, whatever its fields say.
    response_reader(method asked, std::size_t max_body);
    ~response_reader();
    response_reader(response_reader const&) = delete;
    response_reader& operator=(response_reader const&) = delete;

    // Takes what was received; true once the answer is complete. Interim answers (1xx) are skipped.
    // Errors: protocol (not HTTP), too_large.
    result<bool> feed(std::string_view bytes);
    // The connection ended; true if that completes the answer, which is so only for a body without a length.
    bool finish();
    // Whether the connection can take another request: call when complete.
    bool keep_alive() const;
    // The answer; call once, when complete.
    response take();

private:
    struct state;
    std::unique_ptr<state> state_;
};

}  // namespace chatrixcd::base::http
