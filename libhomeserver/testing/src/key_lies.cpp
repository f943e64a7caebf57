// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/homeserver/testing/key_lies.hpp>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <memory>
#include <utility>

#include <chatrixcd/base/json_reader.hpp>

namespace chatrixcd::homeserver::testing::lies {

namespace json = boost::json;

namespace {

constexpr std::size_t most_repeated = 100;

// The object behind a key; null if there is none.
json::object* find(json::object* from, std::string_view key) {
    auto* value = from == nullptr ? nullptr : from->if_contains(key);
    return value == nullptr ? nullptr : value->if_object();
}

json::object* devices_of(json::object& answer, std::string const& user) { return find(find(&answer, "device_keys"), user); }

// Null if the answer has none.
json::array* messages_of(json::object& answer) {
    auto* list = find(&answer, "to_device");
    auto* events = list == nullptr ? nullptr : list->if_contains("events");
    return events == nullptr ? nullptr : events->if_array();
}

// An answer without the member has it afterwards.
json::array& made_messages_of(json::object& answer) {
    if (auto* events = messages_of(answer)) return *events;
    return answer["to_device"].emplace_object()["events"].emplace_array();
}

void append(json::array& to, json::array const& from) { to.insert(to.end(), from.begin(), from.end()); }

bool has_type(json::value const& event, std::string const& type) {
    return event.is_object() && base::find_string(event.get_object(), "type") == type;
}

}  // namespace

rewrite swap_device_keys(std::string user, std::string one, std::string other) {
    return [user = std::move(user), one = std::move(one), other = std::move(other)](json::object& answer) {
        auto* devices = devices_of(answer, user);
        auto* first = find(devices, one);
        auto* second = find(devices, other);
        if (first == nullptr || second == nullptr) return;
        std::swap(*first, *second);
        (*first)["device_id"] = one;
        (*second)["device_id"] = other;
    };
}

rewrite replace_device(std::string user, std::string device, std::string keys) {
    return [user = std::move(user), device = std::move(device), keys = std::move(keys)](json::object& answer) {
        auto* found = find(devices_of(answer, user), device);
        auto made = base::parse_json_object(keys);
        if (found != nullptr && made) *found = std::move(*made);
    };
}

rewrite add_device(std::string user, std::string device, std::string keys) {
    return [user = std::move(user), device = std::move(device), keys = std::move(keys)](json::object& answer) {
        auto* devices = devices_of(answer, user);
        auto made = base::parse_json_object(keys);
        if (devices != nullptr && made) (*devices)[device] = std::move(*made);
    };
}

rewrite replace_master_key(std::string user, std::string key) {
    return [user = std::move(user), key = std::move(key)](json::object& answer) {
        auto* found = find(find(&answer, "master_keys"), user);
        auto made = base::parse_json_object(key);
        if (found != nullptr && made) *found = std::move(*made);
    };
}

rewrite drop_device_messages(std::string type) {
    return [type = std::move(type)](json::object& answer) {
        auto* events = messages_of(answer);
        if (events == nullptr) return;
        json::array kept;
        for (auto const& event : *events) {
            if (!type.empty() && !has_type(event, type)) kept.push_back(event);
        }
        *events = std::move(kept);
    };
}

rewrite replay_device_messages() {
    auto const before = std::make_shared<json::array>();
    return [before](json::object& answer) {
        auto& events = made_messages_of(answer);
        auto together = *before;
        append(together, events);
        append(*before, events);
        if (before->size() > most_repeated) before->erase(before->begin(), before->end() - most_repeated);
        events = std::move(together);
    };
}

rewrite reverse_device_messages() {
    return [](json::object& answer) {
        if (auto* events = messages_of(answer)) std::reverse(events->begin(), events->end());
    };
}

rewrite delay_device_messages() {
    auto const held = std::make_shared<json::array>();
    return [held](json::object& answer) {
        auto& events = made_messages_of(answer);
        if (held->empty()) {
            held->swap(events);
            return;
        }
        append(events, *held);
        held->clear();
    };
}

rewrite claim_key_count(std::string algorithm, std::int64_t count) {
    return [algorithm = std::move(algorithm), count](json::object& answer) {
        auto& counts = answer["device_one_time_keys_count"];
        if (!counts.is_object()) counts.emplace_object();
        counts.get_object()[algorithm] = count;
    };
}

}  // namespace chatrixcd::homeserver::testing::lies
