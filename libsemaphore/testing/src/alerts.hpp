// SPDX-License-Identifier: Apache-2.0
// What Semaphore tells Slack, Rocket.Chat and Gotify of a task.
#pragma once

#include <string>
#include <string_view>

#include "shapes.hpp"

namespace chatrixcd::semaphore::testing {

// Whether a task that has come to this status is told of.
bool is_alerting(std::string_view status);

std::string slack_alert(simulated_task const& of, template_of_double const& job, std::string const& web_host);
std::string rocketchat_alert(simulated_task const& of, template_of_double const& job, std::string const& web_host);
std::string gotify_alert(simulated_task const& of, template_of_double const& job, std::string const& web_host);

}  // namespace chatrixcd::semaphore::testing
