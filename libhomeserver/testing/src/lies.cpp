// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/homeserver/testing/lies.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <map>
#include <memory>

#include <chatrixcd/base/json_reader.hpp>

namespace chatrixcd::homeserver::testing::lies {

namespace json = boost::json;

namespace {

constexpr std::size_t most_repeated = 100;

// The object behind a key, made if there is none.
json::object& object_at(json::object& from, std::string_view key) {
    auto& value = from[key];
    if (!value.is_object()) value = json::object();
    return value.get_object();
}

json::array& timeline_of(json::object& room) {
    auto& events = object_at(room, "timeline")["events"];
    if (!events.is_array()) events = json::array();
    return events.get_array();
}

json::object& joined_rooms(json::object& answer) { return object_at(object_at(answer, "rooms"), "join"); }

// An event that nobody sent.
json::object forged(std::string type, std::string const& sender, unsigned number, json::object content) {
    json::object event;
    event["type"] = std::move(type);
    event["sender"] = sender;
    event["event_id"] = "$forged" + std::to_string(number);
    event["origin_server_ts"] = 1;
    event["content"] = std::move(content);
    return event;
}

void repeat(json::array& timeline, json::array& before) {
    json::array together = before;
    for (auto const& event : timeline) {
        together.push_back(event);
        before.push_back(event);
    }
    if (before.size() > most_repeated) before.erase(before.begin(), before.end() - most_repeated);
    timeline = std::move(together);
}

}  // namespace

rewrite repeat_events() {
    auto const seen = std::make_shared<std::map<std::string, json::array>>();
    return [seen](json::object& answer) {
        for (auto& room : joined_rooms(answer)) {
            if (room.value().is_object()) repeat(timeline_of(room.value().get_object()), (*seen)[std::string(room.key())]);
        }
    };
}

rewrite add_event(std::string room, std::string event) {
    return [room = std::move(room), event = std::move(event)](json::object& answer) {
        auto made = base::parse_json(event);
        if (made) timeline_of(object_at(joined_rooms(answer), room)).push_back(std::move(*made));
    };
}

rewrite forge_membership(std::string room, std::string user, std::string membership) {
    auto const count = std::make_shared<unsigned>(0);
    return [room = std::move(room), user = std::move(user), membership = std::move(membership), count](json::object& answer) {
        json::object content;
        content["membership"] = membership;
        auto event = forged("m.room.member", user, ++*count, std::move(content));
        event["state_key"] = user;
        timeline_of(object_at(joined_rooms(answer), room)).emplace_back(std::move(event));
    };
}

rewrite forge_reaction(std::string room, std::string user, std::string event, std::string symbol) {
    auto const count = std::make_shared<unsigned>(0);
    return [room = std::move(room), user = std::move(user), event = std::move(event), symbol = std::move(symbol),
            count](json::object& answer) {
        json::object content;
        content["m.relates_to"] = json::object{{"rel_type", "m.annotation"}, {"event_id", event}, {"key", symbol}};
        timeline_of(object_at(joined_rooms(answer), room)).emplace_back(forged("m.reaction", user, ++*count, std::move(content)));
    };
}

rewrite forge_relation(std::string room, std::string relation) {
    return [room = std::move(room), relation = std::move(relation)](json::object& answer) {
        auto made = base::parse_json_object(relation);
        if (!made || !joined_rooms(answer).contains(room)) return;
        for (auto& event : timeline_of(object_at(joined_rooms(answer), room))) {
            if (event.is_object() && !event.get_object().contains("state_key"))
                object_at(event.get_object(), "content")["m.relates_to"] = *made;
        }
    };
}

}  // namespace chatrixcd::homeserver::testing::lies
