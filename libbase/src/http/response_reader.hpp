// SPDX-License-Identifier: Apache-2.0
// Reads one HTTP/1.1 answer out of the bytes of a connection: bytes in, a response out, no I/O.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include <chatrixcd/base/http.hpp>

namespace chatrixcd::base::http {

class response_reader {
public:
    // An answer to HEAD has no body, whatever its fields say. `in_pieces`: the body of a 2xx answer is taken while it comes. `decode`: a
    // content coding is undone, of which the answer then says nothing; `max_body` bounds the body before and after.
    response_reader(method asked, std::size_t max_body, bool in_pieces = false, bool decode = false);
    ~response_reader();
    response_reader(response_reader const&) = delete;
    response_reader& operator=(response_reader const&) = delete;

    // Takes what was received; true once the answer is complete. Interim answers (1xx) are skipped.
    // Errors: protocol (not HTTP, a coding that was not asked for, or not what it says), too_large.
    result<bool> feed(std::string_view bytes);
    // The connection ended; true if that completes the answer, which is so only for a body without a length. Errors as feed().
    result<bool> finish();
    // Whether the header of an answer has come whose body is to be taken by take_piece() after each feed() and after finish().
    bool in_pieces() const;
    // What came of the body since the last call, at most 64 KiB; empty if that is nothing. Errors as feed().
    result<std::string> take_piece();
    // Whether the connection can take another request: call when complete.
    bool keep_alive() const;
    // Whether bytes came behind the answer.
    bool has_bytes_left() const;
    // The answer; call once, when complete.
    response take();

private:
    struct state;
    std::unique_ptr<state> state_;
};

}  // namespace chatrixcd::base::http
