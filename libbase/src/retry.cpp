// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>
#include <cstdint>

#include <chatrixcd/base/retry.hpp>

#include "http/date.hpp"

namespace chatrixcd::base {

bool may_repeat(error const& e, bool repeatable) noexcept {
    switch (e.kind()) {
        // Certainly not executed.
        case error_kind::unavailable:
        case error_kind::rate_limited:
            return true;
        // Perhaps executed: no answer, a failing server, or a proxy's page instead of an answer.
        case error_kind::timeout_unknown:
        case error_kind::protocol:
            return repeatable;
        default:
            return false;
    }
}

std::optional<duration> retry_after(http::response const& answer) {
    auto const field = answer.headers.get("Retry-After");
    if (!field) return std::nullopt;
    std::uint32_t seconds = 0;
    auto const [end, failure] = std::from_chars(field->data(), field->data() + field->size(), seconds);
    if (failure == std::errc() && end == field->data() + field->size()) return std::chrono::seconds(seconds);
    auto const then = http::parse_date(*field);
    auto const now = http::parse_date(answer.headers.get("Date").value_or(std::string()));
    if (!then || !now) return std::nullopt;
    return std::max(duration(0), duration(*then - *now));
}

backoff::backoff(random& source, duration first, duration most) : random_(&source), first_(first), most_(most), current_(first) {}

duration backoff::next(std::optional<duration> server_asked) {
    auto const delay = duration(static_cast<duration::rep>(random_->below(static_cast<std::uint64_t>(current_.count()) + 1)));
    current_ = std::min(current_ * 2, most_);
    if (!server_asked) return delay;
    return std::max(delay, std::min(*server_asked, retry_limits().longest_asked));
}

retry::retry(random& source, clock const& time, retry_limits limits)
    : time_(&time), limits_(limits), delays_(source, limits.first_delay, limits.longest_delay), began_(time.uptime()) {}

std::optional<duration> retry::next(error const& failure, bool repeatable) {
    if (!may_repeat(failure, repeatable) || attempts_ >= limits_.attempts) return std::nullopt;
    ++attempts_;
    auto const asked = failure.retry_after();
    if (asked && *asked > limits_.longest_asked) return std::nullopt;
    auto const delay = delays_.next(asked);
    // Coming back earlier than asked would be refused, so it is over now.
    if (time_->uptime() - began_ + delay > limits_.total) return std::nullopt;
    return delay;
}

}  // namespace chatrixcd::base
