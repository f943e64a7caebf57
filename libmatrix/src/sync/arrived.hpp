// SPDX-License-Identifier: Apache-2.0
// A sync response on its way from the network to the store. A large one is parsed on the store's thread, for the loop must not wait.
#pragma once

#include <string>
#include <utility>

#include "sync/response.hpp"

namespace chatrixcd::matrix::detail {

class arrived {
public:
    // What takes less than a millisecond to parse.
    static constexpr std::size_t small = 128U << 10U;

    explicit arrived(std::string body) : body_(std::move(body)) {
        if (body_.size() <= small) read();
    }
    arrived(arrived const&) = delete;
    arrived& operator=(arrived const&) = delete;

    // Parses, if that has not been done.
    result<sync_batch> const& read() {
        if (body_.empty()) return batch_;
        batch_ = parse_sync(body_);
        body_ = std::string();
        return batch_;
    }
    bool is_read() const noexcept { return body_.empty(); }

private:
    std::string body_;
    result<sync_batch> batch_ = error(error_kind::protocol, "the sync was not answered with a JSON object");
};

}  // namespace chatrixcd::matrix::detail
