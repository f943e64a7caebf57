// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chatrixcd/chatops/ci/schedules.hpp>
#include <chatrixcd/semaphore/client.hpp>

#include "catalog.hpp"

namespace chatrixcd::chatops::semaphore_ci {

// Ids are "PROJECT/SCHEDULE".
class project_schedules final : public ci::schedules {
public:
    project_schedules(semaphore::client& server, catalog& known) : server_(server), catalog_(known) {}
    boost::asio::awaitable<ci::result<std::vector<ci::schedule>>> list(ci::project_id in) override;
    boost::asio::awaitable<ci::result<void>> set_active(ci::schedule_id id, bool active) override;

private:
    semaphore::client& server_;
    catalog& catalog_;
};

}  // namespace chatrixcd::chatops::semaphore_ci
