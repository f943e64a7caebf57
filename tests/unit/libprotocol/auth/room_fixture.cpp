// SPDX-License-Identifier: Apache-2.0
#include "room_fixture.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <utility>

#include <chatrixcd/protocol/hashing.hpp>

#include "golden.hpp"

namespace json = boost::json;
using namespace chatrixcd::protocol;

namespace chatrixcd::test {

pdu make_event(room_version const& version, json::object parts, std::string_view content) {
    static signing_key const key = signing_key::generate(*base::make_seeded_random(1), "1");
    parts["content"] = object_of(content);
    parts.emplace("depth", 1);
    parts.emplace("origin_server_ts", 1);
    parts.emplace("prev_events", json::array());
    parts.emplace("auth_events", json::array());
    auto const sender = user_id(text_of(parts.at("sender")));
    hash_and_sign(parts, version, sender.server(), key).value();
    return pdu::parse(std::move(parts), version).value();
}

room_fixture::room_fixture(room_version const& room_version, std::string_view create_content) : version(room_version) {
    json::object create{{"type", "m.room.create"}, {"state_key", ""}, {"sender", "@creator:a"}};
    if (!version.room_id_is_create_hash) create["room_id"] = "!room:a";
    auto content = std::string(create_content);
    if (!version.implicit_creator) content = content == "{}" ? R"({"creator":"@creator:a"})" : content;
    auto const made = make_event(version, std::move(create), content);
    room = made.room().str();
    last_event_ = made.id().str();
    state.put(made);
    set_member("@creator:a", "join");
}

pdu room_fixture::event(std::string_view sender, std::string_view type, std::optional<std::string> state_key,
                        std::string_view content) const {
    json::object parts{{"type", type}, {"sender", sender}, {"room_id", room}, {"prev_events", json::array{json::value(last_event_)}}};
    if (state_key) parts["state_key"] = *state_key;
    return make_event(version, std::move(parts), content);
}

pdu room_fixture::member(std::string_view sender, std::string_view target, std::string_view membership) const {
    return event(sender, "m.room.member", std::string(target), "{\"membership\":\"" + std::string(membership) + "\"}");
}

pdu room_fixture::join_after_create(std::string_view user, std::string_view another) const {
    auto const create = state.find("m.room.create", "")->id().str();
    json::object parts{{"type", "m.room.member"}, {"sender", user}, {"state_key", user}, {"room_id", room}};
    json::array previous{json::value(create)};
    if (!another.empty()) previous.emplace_back(another);
    parts["prev_events"] = std::move(previous);
    return make_event(version, std::move(parts), R"({"membership":"join"})");
}

void room_fixture::put(std::string_view sender, std::string_view type, std::string_view state_key, std::string_view content) {
    auto made = event(sender, type, std::string(state_key), content);
    last_event_ = made.id().str();
    state.put(std::move(made));
}

void room_fixture::set_member(std::string_view user, std::string_view membership) {
    put(user, "m.room.member", user, "{\"membership\":\"" + std::string(membership) + "\"}");
}

void room_fixture::set_join_rule(std::string_view rule) {
    put("@creator:a", "m.room.join_rules", "", "{\"join_rule\":\"" + std::string(rule) + "\"}");
}

std::string room_fixture::outcome(pdu const& event) const {
    return why(authorize(event, state, [this](pdu const&, server_name const& server) { return server.str() == signing_server; }));
}

std::string room_fixture::send(std::string_view sender, std::string_view type, std::optional<std::string> state_key,
                               std::string_view content) const {
    return outcome(event(sender, type, std::move(state_key), content));
}

std::string room_fixture::change(std::string_view sender, std::string_view target, std::string_view membership) const {
    return outcome(member(sender, target, membership));
}

}  // namespace chatrixcd::test
