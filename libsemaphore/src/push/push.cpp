// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/semaphore/push.hpp>

#include <charconv>
#include <optional>
#include <string>

#include "values/fields.hpp"

namespace chatrixcd::semaphore {
namespace {

// Takes "123" off the front of a text; nothing if it begins with no number above zero.
std::optional<std::int64_t> take_number(std::string_view& from) {
    std::int64_t value = 0;
    auto const [end, problem] = std::from_chars(from.data(), from.data() + from.size(), value);
    if (problem != std::errc() || value <= 0) return std::nullopt;
    from.remove_prefix(static_cast<std::size_t>(end - from.data()));
    return value;
}

bool take_word(std::string_view& from, std::string_view word) {
    if (!from.starts_with(word)) return false;
    from.remove_prefix(word.size());
    return true;
}

// Of "/project/1/templates/2?t=3", which a text begins with.
std::optional<push_hint> task_at(std::string_view text) {
    if (!take_word(text, "/project/")) return std::nullopt;
    auto const project = take_number(text);
    if (!project || !take_word(text, "/templates/") || !take_number(text) || !take_word(text, "?t=")) return std::nullopt;
    auto const task = take_number(text);
    if (!task) return std::nullopt;
    return push_hint{project_id(*project), task_id(*task)};
}

std::optional<push_hint> first_task_in(std::string_view text) {
    for (auto at = text.find("/project/"); at != std::string_view::npos; at = text.find("/project/", at + 1)) {
        if (auto const found = task_at(text.substr(at))) return found;
    }
    return std::nullopt;
}

// Where each shape has the link.
std::optional<push_hint> task_of(boost::json::object const& alert) {
    if (auto const* attachments = base::find_array(alert, "attachments")) {
        for (auto const& each : *attachments) {
            auto const* attachment = each.if_object();
            if (attachment == nullptr) continue;
            if (auto const found = first_task_in(detail::text_of(*attachment, "title_link"))) return found;
        }
    }
    // The link comes last, behind what people wrote.
    auto const message = detail::text_of(alert, "message");
    auto const link = message.rfind("](");
    return link == std::string::npos ? std::nullopt : first_task_in(std::string_view(message).substr(link));
}

}  // namespace

base::result<push_hint> read_alert(std::string_view body) {
    auto const alert = base::parse_json_object(body);
    auto const found = alert ? task_of(*alert) : first_task_in(body);
    if (found) return *found;
    return base::error(base::error_kind::invalid, "this is no alert of Semaphore: it has no link to a task")
        .with_hint("set web_host in Semaphore's configuration, and send the alerts of Slack, Rocket.Chat or Gotify here");
}

base::result<push_hint> read_webhook(std::string_view body) {
    auto const said = base::parse_json_object(body);
    push_hint hint;
    if (said) {
        hint.project = project_id(detail::number_of(*said, "project_id"));
        hint.task = task_id(detail::number_of(*said, "task_id"));
    }
    if (hint.project.value() > 0 && hint.task.value() > 0) return hint;
    return base::error(base::error_kind::invalid, "the webhook names no task: send {\"project_id\": 1, \"task_id\": 3}");
}

}  // namespace chatrixcd::semaphore
