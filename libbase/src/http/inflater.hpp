// SPDX-License-Identifier: Apache-2.0
// Undoes a content coding (RFC 9110, 8.4.1) a piece at a time: gzip (RFC 1952) or deflate, which means zlib (RFC 1950).
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include <chatrixcd/base/error.hpp>

namespace chatrixcd::base::http {

class inflater {
public:
    enum class coding { gzip, deflate };

    // Throws std::bad_alloc.
    explicit inflater(coding which);
    ~inflater();
    inflater(inflater const&) = delete;
    inflater& operator=(inflater const&) = delete;

    // At most `most` (1 to 1 GiB) bytes of what `input` stands for, and takes from its front what they were made of. Empty: more input is
    // needed, and all there was is taken. Error kind `protocol`: it is not what it claims to be.
    result<std::string> next(std::string& input, std::size_t most);
    // Whether the input may end here: behind a whole stream, or before the first byte.
    bool may_end() const noexcept;

private:
    struct state;
    std::unique_ptr<state> state_;
};

}  // namespace chatrixcd::base::http
