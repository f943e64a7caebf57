// SPDX-License-Identifier: Apache-2.0
// What the sync loop and the gap filler share: who we are, what is wanted, and whom to wake.
#pragma once

#include <functional>

#include "http/api.hpp"
#include "inbox/filter.hpp"
#include "session/session.hpp"
#include "state/services.hpp"
#include "sync/commit.hpp"

namespace chatrixcd::matrix::detail {

class receiver {
public:
    receiver(services& with, api& homeserver, session const& who, inbox_filter filter, bool deliver_first)
        : services_(&with), api_(&homeserver), session_(&who), filter_(std::move(filter)), deliver_first_(deliver_first) {}

    services& with() const noexcept { return *services_; }
    api& homeserver() const noexcept { return *api_; }
    device_id const& device() const noexcept { return session_->device(); }

    // For one transaction.
    receiving next() const {
        receiving how(services_->account, session_->user(), services_->random.token(12));
        how.filter = filter_;
        how.deliver_first = deliver_first_;
        how.now = services_->time.now();
        return how;
    }

private:
    services* services_;
    api* api_;
    session const* session_;
    inbox_filter filter_;
    bool deliver_first_;
};

}  // namespace chatrixcd::matrix::detail
