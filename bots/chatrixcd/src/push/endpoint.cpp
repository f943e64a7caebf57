// SPDX-License-Identifier: Apache-2.0
#include "push/endpoint.hpp"

#include <utility>

namespace chatrixcd::bot {

base::result<push_endpoint> push_endpoint::make(std::string server, push_config const& settings) {
    push_endpoint made;
    if (settings.key.from != secret_source::kind::none) {
        auto key = base::webhook_key::parse(settings.key.text);
        if (!key) return base::error(key.error().kind(), "ci " + server + ": push.key: " + key.error().describe());
        made.webhooks.emplace(std::move(*key));
    }
    made.takes_alerts = settings.unsigned_alerts;
    made.alert_token = settings.alert_token.text;
    made.server = std::move(server);
    return made;
}

}  // namespace chatrixcd::bot
