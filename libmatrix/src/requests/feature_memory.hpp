// SPDX-License-Identifier: Apache-2.0
// What is known about the homeserver, and for how long.
#pragma once

#include <map>
#include <optional>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/base/notifier.hpp>
#include <chatrixcd/matrix/features.hpp>

namespace chatrixcd::matrix::detail {

class feature_memory {
public:
    explicit feature_memory(boost::asio::any_io_executor executor) : free(std::move(executor)) {}

    // Null if it was never asked, or too long ago.
    server_features const* known(base::duration now) const;
    void learn(server_features what, base::duration now);

    // A request for it was refused as unknown: believed for a day, or for five minutes if it was not the homeserver's own word but perhaps
    // that of a proxy before it.
    void miss(feature f, base::error const& why, base::duration now);
    bool is_missing(feature f, base::duration now) const;

    // The largest upload: nothing inside if the homeserver does not say, nothing at all if it is not known, or from too long ago.
    std::optional<std::optional<std::uint64_t>> upload_limit(base::duration now) const;
    void learn_upload_limit(std::optional<std::uint64_t> bytes, base::duration now);

    // One inquiry at a time.
    bool busy = false;
    base::notifier free;

private:
    std::optional<server_features> known_;
    base::duration learnt_at_{0};
    std::map<feature, base::duration> missing_until_;
    std::optional<std::optional<std::uint64_t>> upload_limit_;
    base::duration upload_limit_at_{0};
};

}  // namespace chatrixcd::matrix::detail
