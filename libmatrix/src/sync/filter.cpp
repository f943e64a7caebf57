// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/matrix/sync_filter.hpp>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace chatrixcd::matrix {

namespace json = boost::json;

namespace {

constexpr unsigned most_events = 1000;

void put_list(json::object& into, std::string_view key, std::vector<std::string> const& list) {
    if (!list.empty()) into[key] = json::array(list.begin(), list.end());
}

json::object nothing() {
    json::object filter;
    filter["not_types"] = json::array({"*"});
    return filter;
}

}  // namespace

sync_filter& sync_filter::timeline_limit(unsigned events) {
    timeline_limit_ = std::clamp(events, 1U, most_events);
    return *this;
}

sync_filter& sync_filter::lazy_members(bool on) {
    lazy_members_ = on;
    return *this;
}

sync_filter& sync_filter::without_types(std::vector<std::string> types) {
    without_types_ = std::move(types);
    return *this;
}

sync_filter& sync_filter::without_senders(std::vector<std::string> users) {
    without_senders_ = std::move(users);
    return *this;
}

sync_filter& sync_filter::only_rooms(std::vector<std::string> rooms) {
    only_rooms_ = std::move(rooms);
    return *this;
}

sync_filter& sync_filter::without_rooms(std::vector<std::string> rooms) {
    without_rooms_ = std::move(rooms);
    return *this;
}

json::object sync_filter::messages_json() const {
    json::object filter;
    put_list(filter, "not_types", without_types_);
    put_list(filter, "not_senders", without_senders_);
    return filter;
}

json::object sync_filter::sync_json(extras const& shown) const {
    auto timeline = messages_json();
    timeline["limit"] = timeline_limit_;
    json::object state;
    state["lazy_load_members"] = lazy_members_;
    json::object room;
    room["timeline"] = std::move(timeline);
    room["state"] = std::move(state);
    if (!shown.ephemeral) room["ephemeral"] = nothing();
    if (!shown.account_data) room["account_data"] = nothing();
    put_list(room, "rooms", only_rooms_);
    put_list(room, "not_rooms", without_rooms_);
    json::object filter;
    if (!shown.presence) filter["presence"] = nothing();
    if (!shown.account_data) filter["account_data"] = nothing();
    filter["room"] = std::move(room);
    return filter;
}

}  // namespace chatrixcd::matrix
