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
    // How what arrives is received.
    class policy {
    public:
        policy() = default;
        inbox_filter filter;
        bool deliver_first = false;
        bool lazy_members = false;
        bool follow_upgrades = false;
        crypto::driver* olm = nullptr;
    };

    receiver(services& with, api& homeserver, session const& who, policy how)
        : services_(&with), api_(&homeserver), session_(&who), policy_(std::move(how)) {}

    services& with() const noexcept { return *services_; }
    api& homeserver() const noexcept { return *api_; }
    device_id const& device() const noexcept { return session_->device(); }
    server_features const& features() const noexcept { return session_->features(); }

    // For one transaction.
    receiving next() const {
        receiving how(services_->account, session_->user(), services_->random.token(12));
        how.filter = policy_.filter;
        how.deliver_first = policy_.deliver_first;
        how.lazy_members = policy_.lazy_members;
        how.follow_upgrades = policy_.follow_upgrades;
        how.now = services_->time.now();
        how.olm = policy_.olm;
        how.device = session_->device();
        return how;
    }

private:
    services* services_;
    api* api_;
    session const* session_;
    policy policy_;
};

}  // namespace chatrixcd::matrix::detail
