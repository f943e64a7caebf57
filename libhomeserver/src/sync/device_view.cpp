// SPDX-License-Identifier: Apache-2.0
#include "sync/device_view.hpp"

#include <utility>

#include "api/presence.hpp"
#include "store/device_lists.hpp"
#include "store/one_time_keys.hpp"
#include "store/to_device.hpp"
#include "sync/device_list_view.hpp"

namespace chatrixcd::homeserver {

namespace json = boost::json;

namespace {

// "Send-to-Device messaging": a reasonable limit.
constexpr std::int64_t most_device_messages = 100;
constexpr std::int64_t most_presences = 1000;

}  // namespace

bool add_key_streams(step& s, sync_question const& question, json::object& body) {
    auto const& who = question.who;
    auto& counts = body["device_one_time_keys_count"].emplace_object();
    for (auto const& [algorithm, count] : count_one_time_keys(s.db, who.user, who.device)) counts[algorithm] = count;
    auto& unused = body["device_unused_fallback_key_types"].emplace_array();
    for (auto const& algorithm : unused_fallback_algorithms(s.db, who.user, who.device)) unused.emplace_back(algorithm);
    if (!question.since) return false;
    auto const lists = view_device_lists(s, who.user, *question.since, question.next);
    body["device_lists"] = lists.describe();
    return !lists.empty() || have_key_counts_changed(s.db, who.user, who.device, question.since->keys);
}

json::array take_device_messages(step& s, sync_question& question) {
    auto const& who = question.who;
    auto const after = question.since ? question.since->to_device : 0;
    if (after > 0) delete_device_messages(s.db, who.user, who.device, after);
    json::array events;
    for (auto& message : device_messages(s.db, who.user, who.device, after, most_device_messages)) {
        json::object event;
        event["sender"] = std::move(message.sender);
        event["type"] = std::move(message.type);
        event["content"] = std::move(message.content);
        events.push_back(std::move(event));
        if (static_cast<std::int64_t>(events.size()) == most_device_messages) question.next.to_device = message.stream;
    }
    return events;
}

json::array view_presence(step& s, sync_question& question) {
    json::array events;
    auto const news = presence_since(s.db, question.who.user, question.since ? question.since->presence : 0, most_presences);
    for (auto const& one : news.all) {
        // Who is away is no news to somebody who knows nothing yet.
        if (!question.since && one.state == "offline") continue;
        if (!question.filter.presence.matches("m.presence", one.user)) continue;
        json::object event;
        event["type"] = "m.presence";
        event["sender"] = one.user;
        event["content"] = describe(s, one);
        events.push_back(std::move(event));
    }
    if (static_cast<std::int64_t>(news.all.size()) == most_presences) question.next.presence = news.last;
    return events;
}

}  // namespace chatrixcd::homeserver
