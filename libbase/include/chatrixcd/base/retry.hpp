// SPDX-License-Identifier: Apache-2.0
// The one policy for requests that fail: which may be repeated, after how long, and when it is enough.
#pragma once

#include <chrono>
#include <optional>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/base/error.hpp>
#include <chatrixcd/base/http.hpp>
#include <chatrixcd/base/random.hpp>

namespace chatrixcd::base {

// Whether sending the same request again is right. `repeatable`: the request is idempotent or carries a key, so that a second execution
// changes nothing. What was certainly not executed (unavailable, rate_limited) may always be repeated, what may have been
// (timeout_unknown, protocol) only if it is repeatable, and a refusal never.
bool may_repeat(error const& e, bool repeatable) noexcept;

// How long an answer asks to wait: its Retry-After (RFC 9110, 10.2.3), in seconds or as a date, which is measured by the answer's own
// Date, so that no two clocks need to agree. Nothing if there is none, or none that can be read.
std::optional<duration> retry_after(http::response const& answer);

// The policy's numbers.
class retry_limits {
public:
    retry_limits() = default;
    duration first_delay{500};                          // the bound of the first delay; it doubles with each
    duration longest_delay = std::chrono::seconds(60);  // up to this
    duration longest_asked = std::chrono::minutes(15);  // what a server asks for is kept up to this
    unsigned attempts = 5;                              // of one request, the first one included
    duration total = std::chrono::minutes(2);           // from its first attempt to the beginning of its last
};

// Delays for something that is tried for ever: each evenly drawn from zero to a bound that doubles (full jitter), so that many clients do
// not come back at once, but never less than what the server asked for.
class backoff {
public:
    explicit backoff(random& source, duration first = retry_limits().first_delay, duration most = retry_limits().longest_delay);

    duration next(std::optional<duration> server_asked = std::nullopt);
    // After a success.
    void reset() noexcept { current_ = first_; }

private:
    random* random_;
    duration first_;
    duration most_;
    duration current_;
};

// The attempts of one request that somebody waits for.
class retry {
public:
    // The first attempt begins now. Both must outlive it.
    retry(random& source, clock const& time, retry_limits limits = {});

    // After an attempt that failed: how long to wait before the next; nothing if there should be none, because the failure is final, or
    // the attempts or the time are used up.
    std::optional<duration> next(error const& failure, bool repeatable);

private:
    clock const* time_;
    retry_limits limits_;
    backoff delays_;
    duration began_;
    unsigned attempts_ = 1;
};

}  // namespace chatrixcd::base
