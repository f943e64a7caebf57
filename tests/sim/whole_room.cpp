// SPDX-License-Identifier: Apache-2.0
#include "sim/whole_room.hpp"

#include <algorithm>
#include <tuple>

#include <chatrixcd/base/json_reader.hpp>

namespace chatrixcd::test {

namespace json = boost::json;

namespace {

std::string text_of(json::object const& from, std::string_view key) { return base::find_string(from, key).value_or(std::string()); }

}  // namespace

whole_room::whole_room(std::vector<json::object> const& events) {
    for (auto const& event : events) add(event);
}

room_message const* whole_room::with_key(std::string const& key) const {
    auto const place = std::find_if(messages_.begin(), messages_.end(), [&](room_message const& one) { return one.key == key; });
    return place == messages_.end() ? nullptr : &*place;
}

void whole_room::add(json::object const& event) {
    auto const& content = *base::find_object(event, "content");
    auto const sender = text_of(event, "sender");
    auto const key = text_of(content, "org.chatrixcd.key");
    if (!key.empty()) ++keys_[{sender, key}];
    auto const type = text_of(event, "type");
    std::string target;
    std::string relation;
    std::string reply_to;
    if (auto const* relates = base::find_object(content, "m.relates_to")) {
        relation = text_of(*relates, "rel_type");
        target = text_of(*relates, "event_id");
        if (auto const* reply = base::find_object(*relates, "m.in_reply_to")) reply_to = text_of(*reply, "event_id");
    }
    transcript_ += text_of(event, "event_id") + " " + sender + " " + type + (relation.empty() ? "" : " " + relation + " of " + target) +
                   (reply_to.empty() ? "" : " answers " + reply_to) + (key.empty() ? "" : " key " + key) + "\n    " +
                   text_of(content, "body") + "\n";
    if (type != "m.room.message") return;
    if (relation == "m.replace") {
        add_edit(event, content, target);
        return;
    }
    room_message shown;
    shown.event = text_of(event, "event_id");
    shown.sender = sender;
    shown.key = key;
    shown.reply_to = std::move(reply_to);
    shown.body = text_of(content, "body");
    shown.last_body = shown.body;
    messages_.push_back(std::move(shown));
}

void whole_room::add_edit(json::object const& event, json::object const& content, std::string_view target) {
    auto const place = std::find_if(messages_.begin(), messages_.end(), [&](room_message const& one) { return one.event == target; });
    if (place == messages_.end() || place->sender != text_of(event, "sender")) {
        ++stray_edits_;
        return;
    }
    auto const* fresh = base::find_object(content, "m.new_content");
    auto const body = fresh ? text_of(*fresh, "body") : std::string();
    place->last_body = body;
    auto const when = base::find_integer(event, "origin_server_ts").value_or(0);
    auto const id = text_of(event, "event_id");
    if (std::tie(when, id) < std::tie(place->edited, place->edit)) return;
    place->edited = when;
    place->edit = id;
    place->body = body;
}

}  // namespace chatrixcd::test
