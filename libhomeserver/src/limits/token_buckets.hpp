// SPDX-License-Identifier: Apache-2.0
// How fast somebody may ask: a bucket that holds a burst of tokens and is refilled at a steady rate. Sans-I/O: the caller says what time
// it is, by a monotonic clock.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <unordered_map>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/homeserver/server.hpp>

namespace chatrixcd::homeserver {

class token_buckets {
public:
    // Takes a token out of the bucket; if there is none, says how long until there is. A rate of 0 is no limit.
    std::optional<base::duration> take(std::string const& bucket, rate_limit const& limit, base::duration now);

private:
    // Past this the full ones go; if none is full, all do: for a moment everybody may ask.
    static constexpr std::size_t most_buckets = 10000;

    struct bucket {
        double tokens = 0;
        base::duration filled_at{0};
        rate_limit limit;
    };

    static void refill(bucket& b, base::duration now);
    void make_room(base::duration now);

    std::unordered_map<std::string, bucket> buckets_;
};

}  // namespace chatrixcd::homeserver
