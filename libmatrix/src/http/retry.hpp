// SPDX-License-Identifier: Apache-2.0
// The one policy for requests that fail: which may be repeated, and after how long.
#pragma once

#include <chrono>
#include <optional>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/base/error.hpp>
#include <chatrixcd/base/random.hpp>

namespace chatrixcd::matrix::detail {

// Whether sending the same request again is right. `repeatable`: the request is idempotent or carries a key, so that a second execution
// changes nothing.
bool may_repeat(base::error const& e, bool repeatable) noexcept;

// Whether the homeserver refused a request for good: it will not be accepted later, with nobody changing anything. A 4xx that is not
// Matrix' own, without an errcode, is a proxy's and says nothing about later.
bool is_refusal(base::error const& e) noexcept;

// Delays that double from `first` to `most`, each shortened by up to a half at random, so that many clients do not come back at once.
class backoff {
public:
    explicit backoff(base::random& source, base::duration first = std::chrono::milliseconds(500),
                     base::duration most = std::chrono::seconds(60));

    // The next delay; at least what the server asked for, as long as that is under a quarter of an hour.
    base::duration next(std::optional<base::duration> server_asked = std::nullopt);
    // After a success.
    void reset() noexcept { current_ = first_; }

private:
    base::random* random_;
    base::duration first_;
    base::duration most_;
    base::duration current_;
};

}  // namespace chatrixcd::matrix::detail
