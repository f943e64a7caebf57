// SPDX-License-Identifier: Apache-2.0
#include "sync/device_view.hpp"

#include <utility>

#include "api/presence.hpp"
#include "store/to_device.hpp"

namespace chatrixcd::homeserver {

namespace json = boost::json;

namespace {

// "Send-to-Device messaging": a reasonable limit.
constexpr std::int64_t most_device_messages = 100;
constexpr std::int64_t most_presences = 1000;

}  // namespace

void add_key_streams(json::object& body) {
    auto& lists = body["device_lists"].emplace_object();
    lists["changed"].emplace_array();
    lists["left"].emplace_array();
    body["device_one_time_keys_count"].emplace_object();
    body["device_unused_fallback_key_types"].emplace_array();
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
