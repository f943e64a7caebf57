// SPDX-License-Identifier: Apache-2.0
#include "limits/token_buckets.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace chatrixcd::homeserver {

std::optional<base::duration> token_buckets::take(std::string const& name, rate_limit const& limit, base::duration now) {
    if (limit.per_second <= 0) return std::nullopt;
    if (!buckets_.contains(name)) make_room(now);
    auto const [place, is_new] = buckets_.try_emplace(name);
    auto& b = place->second;
    if (is_new) {
        b.tokens = std::max(limit.burst, 1.0);
        b.filled_at = now;
    }
    b.limit = limit;
    refill(b, now);
    // Sums of fractions miss the whole by a hair.
    constexpr double hair = 1e-6;
    if (b.tokens >= 1 - hair) {
        b.tokens -= 1;
        return std::nullopt;
    }
    auto const missing_ms = std::ceil((1 - b.tokens) / limit.per_second * 1000 - hair);
    return base::duration(static_cast<std::int64_t>(missing_ms));
}

void token_buckets::refill(bucket& b, base::duration now) {
    auto const passed = static_cast<double>((now - b.filled_at).count()) / 1000;
    b.tokens = std::min(std::max(b.limit.burst, 1.0), b.tokens + passed * b.limit.per_second);
    b.filled_at = now;
}

void token_buckets::make_room(base::duration now) {
    if (buckets_.size() < most_buckets) return;
    for (auto place = buckets_.begin(); place != buckets_.end();) {
        refill(place->second, now);
        bool const full = place->second.tokens >= std::max(place->second.limit.burst, 1.0);
        place = full ? buckets_.erase(place) : std::next(place);
    }
    if (buckets_.size() >= most_buckets) buckets_.clear();
}

}  // namespace chatrixcd::homeserver
