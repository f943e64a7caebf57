// SPDX-License-Identifier: Apache-2.0
// Runs parts of the machine (crypto/) as transactions of the store, as the account and device that the session is.
#pragma once

#include <utility>

#include "crypto/context.hpp"
#include "crypto/driver/driver.hpp"
#include "session/session.hpp"
#include "state/services.hpp"

namespace chatrixcd::matrix::detail {

class machine {
public:
    // All outlive it.
    machine(services& with, session const& who, crypto::driver& olm) : with_(&with), session_(&who), olm_(&olm) {}

    // Waits for work(crypto::context) to be committed; tries again while the store fails.
    template <class F>
    auto run(F work) {
        return write_through(*with_, part(std::move(work)));
    }
    // work(crypto::context, more...) as a part of somebody's transaction, as who the session is now.
    template <class F>
    auto part(F work) const {
        return [olm = olm_, account = with_->account, me = session_->user(), device = session_->device(), now = with_->time.now(),
                work = std::move(work)](base::transaction& t, auto const&... more) mutable {
            crypto::context const with{t, *olm, account, me, device, now};
            return work(with, more...);
        };
    }

private:
    services* with_;
    session const* session_;
    crypto::driver* olm_;
};

}  // namespace chatrixcd::matrix::detail
