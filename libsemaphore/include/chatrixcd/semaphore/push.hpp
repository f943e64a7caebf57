// SPDX-License-Identifier: Apache-2.0
// What is sent to us about a task instead of being asked for: the alerts that Semaphore has for chats, pointed at ourselves, and webhooks
// of others. Nothing in them is believed but which task to ask about: an alert carries no signature.
#pragma once

#include <string_view>

#include <chatrixcd/base/error.hpp>
#include <chatrixcd/semaphore/ids.hpp>

namespace chatrixcd::semaphore {

// A task that may have changed.
struct push_hint {
    project_id project;
    task_id task;
};

// An alert in the shape of Slack or Rocket.Chat (`attachments` with a `title_link`) or of Gotify (`message`), as servers from 2.10 on send
// them for success, error and waiting_confirmation. The task is the one that its link ".../project/1/templates/2?t=3" leads to. Names are
// put into alerts unescaped, so that one with a quotation mark breaks the JSON: then the first such link of the text counts. Error kind
// `invalid`: there is no link to a task.
base::result<push_hint> read_alert(std::string_view body);

// The body of a webhook: {"project_id": 1, "task_id": 3}, both above zero; other members are ignored. Error kind `invalid`.
base::result<push_hint> read_webhook(std::string_view body);

}  // namespace chatrixcd::semaphore
