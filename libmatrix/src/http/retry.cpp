// SPDX-License-Identifier: Apache-2.0
#include "http/retry.hpp"

#include <algorithm>

namespace chatrixcd::matrix::detail {

using base::error_kind;

namespace {

constexpr base::duration longest_asked = std::chrono::minutes(15);

}  // namespace

bool may_repeat(base::error const& e, bool repeatable) noexcept {
    switch (e.kind()) {
        // Certainly not executed.
        case error_kind::unavailable:
        case error_kind::rate_limited: return true;
        // Perhaps executed: no answer, a failing server, or a proxy's page instead of an answer.
        case error_kind::timeout_unknown:
        case error_kind::protocol: return repeatable;
        default: return false;
    }
}

bool is_refusal(base::error const& e) noexcept {
    switch (e.kind()) {
        case error_kind::too_large: return true;
        case error_kind::invalid:
        case error_kind::forbidden:
        case error_kind::not_found:
        case error_kind::conflict:
        case error_kind::unsupported: return e.http_status() == 0 || !e.errcode().empty();
        default: return false;
    }
}

backoff::backoff(base::random& source, base::duration first, base::duration most)
    : random_(&source), first_(first), most_(most), current_(first) {}

base::duration backoff::next(std::optional<base::duration> server_asked) {
    auto const half = current_ / 2;
    auto const jitter = base::duration(static_cast<base::duration::rep>(random_->below(static_cast<std::uint64_t>(half.count()) + 1)));
    auto delay = half + jitter;
    current_ = std::min(current_ * 2, most_);
    if (server_asked) delay = std::max(delay, std::min(*server_asked, longest_asked));
    return delay;
}

}  // namespace chatrixcd::matrix::detail
