// SPDX-License-Identifier: Apache-2.0
// What one CI server, or those who speak for it, may send us.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include <chatrixcd/base/secret.hpp>
#include <chatrixcd/base/webhook.hpp>
#include <chatrixcd/semaphore/push.hpp>

#include "config/config.hpp"

namespace chatrixcd::bot {

class push_endpoint {
public:
    // Its secrets must have been read. Error kind `invalid`, naming the server: its key is no key.
    static base::result<push_endpoint> make(std::string server, push_config const& settings);

    std::string server;  // as the configuration calls it
    std::optional<base::webhook_verifier> webhooks;
    bool takes_alerts = false;
    base::secret alert_token;  // empty: whoever sends
    std::function<void(semaphore::push_hint)> tell;
};

}  // namespace chatrixcd::bot
