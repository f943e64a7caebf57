// SPDX-License-Identifier: Apache-2.0
#include "events/append.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/protocol/auth_rules.hpp>
#include <chatrixcd/protocol/event_types.hpp>
#include <chatrixcd/protocol/hashing.hpp>
#include <chatrixcd/protocol/redaction.hpp>
#include <cstdint>
#include <stdexcept>
#include <utility>
#include <vector>

#include "api/refusal.hpp"
#include "events/power.hpp"
#include "events/state_groups.hpp"
#include "store/events.hpp"
#include "store/rooms.hpp"
#include "store/sequences.hpp"

namespace chatrixcd::homeserver {

namespace json = boost::json;
namespace types = protocol::event_types;
using protocol::auth_state;
using protocol::pdu;
using protocol::room_version;

namespace {

// What the new event stands on.
struct ground {
    room_version const* version;
    std::vector<std::string> prev_events;
    std::int64_t depth = 1;
    std::int64_t state = no_state;
    // The events that authorise it, in the order of auth_slots(), and what else the rules want to see.
    std::vector<pdu> auth_events;
    auth_state visible;
};

result<ground> find_ground(step& s, draft const& d) {
    ground g;
    g.version = find_version(s.db, d.room);
    if (g.version == nullptr) return not_found("there is no room " + d.room);
    auto const newest = extremities(s.db, d.room);
    // More than one needs state resolution, which comes with federation: alone, a server never forks its rooms.
    if (newest.size() != 1) throw std::logic_error("a room must have exactly one newest event");
    g.prev_events.push_back(newest.front().event_id);
    g.depth = newest.front().depth + 1;
    g.state = newest.front().state_after;
    std::optional<std::string_view> state_key;
    if (d.state_key) state_key = *d.state_key;
    for (auto const& slot : protocol::auth_slots(*g.version, d.type, d.sender, state_key, d.content)) {
        auto event = load_current(s, d.room, slot.type, slot.state_key);
        if (!event) continue;
        g.auth_events.push_back(*event);
        g.visible.put(std::move(*event));
    }
    // Not an auth event in every version, but the rules ask for it in all.
    if (auto create = load_current(s, d.room, types::create, "")) g.visible.put(std::move(*create));
    return g;
}

json::object build(step const& s, draft& d, ground const& g) {
    json::object event;
    if (!d.room.empty()) event["room_id"] = d.room;
    event["type"] = d.type;
    event["sender"] = d.sender.str();
    if (d.state_key) event["state_key"] = *d.state_key;
    if (d.redacts) (g.version->redacts_in_content ? d.content : event)["redacts"] = *d.redacts;
    event["content"] = std::move(d.content);
    event["depth"] = g.depth;
    event["origin_server_ts"] = s.now;
    json::array previous;
    for (auto const& id : g.prev_events) previous.emplace_back(id);
    event["prev_events"] = std::move(previous);
    json::array authorising;
    for (auto const& one : g.auth_events) authorising.emplace_back(one.id().str());
    event["auth_events"] = std::move(authorising);
    return event;
}

result<void> check(step const& s, pdu const& event, ground const& g) {
    std::vector<protocol::auth_event> named;
    named.reserve(g.auth_events.size());
    for (auto const& one : g.auth_events) named.push_back({one, false});
    auto selected = protocol::check_auth_events(event, named);
    if (!selected) return selected.error();
    auto const signed_by = [&s](pdu const& asked, protocol::server_name const& server) {
        if (server != s.server.name) return false;
        return protocol::verify_event(asked.json(), asked.version(), server, s.server.key.key_id(), s.server.key.public_key()).has_value();
    };
    return protocol::authorize(event, g.visible, signed_by);
}

void update_membership(step& s, pdu const& event, std::int64_t stream) {
    auto const old = find_membership(s.db, event.room().str(), *event.state_key());
    membership_row now;
    now.room = event.room().str();
    now.user = *event.state_key();
    now.membership = event.content_string("membership");
    now.event_id = event.id().str();
    now.stream = stream;
    bool const was_in = old && old->membership == "join";
    bool const is_in = now.membership == "join";
    if (old) now.joined_at = old->joined_at;
    if (old && !is_in) now.left_at = old->left_at;
    if (is_in && !was_in) now.joined_at = stream;
    if (was_in && !is_in) now.left_at = stream;
    put_membership(s.db, now);
    s.wake(now.user);
}

// Carries out a redaction that names an event of its own room, if its sender may.
void apply_redaction(step& s, pdu const& redaction) {
    if (!redaction.redacts()) return;
    auto const row = find_event(s.db, redaction.redacts()->str());
    if (!row || row->room != redaction.room().str()) return;
    auto const levels = levels_of(s, row->room);
    if (levels && protocol::may_redact(redaction, load(s, row->id), *levels)) mark_redacted(s.db, row->id, redaction.id().str());
}

stored_event make_row(step& s, pdu const& event, draft const& d, ground const& g) {
    stored_event row;
    row.where = {event.depth(), sequences::next(s.db, sequences::events)};
    row.id = event.id().str();
    row.room = event.room().str();
    row.type = event.type();
    row.state_key = event.state_key();
    row.sender = event.sender().str();
    row.origin_server_ts = event.origin_server_ts();
    row.state_before = g.state;
    row.state_after = g.state;
    row.device = d.device;
    row.transaction_id = d.transaction_id;
    if (auto const* relation = base::find_object(event.content(), "m.relates_to")) {
        row.relates_to = base::find_string(*relation, "event_id");
        row.rel_type = base::find_string(*relation, "rel_type");
        if (!row.rel_type) row.relates_to.reset();
    }
    if (event.state_key()) {
        row.replaces = current_state_event(s.db, row.room, row.type, *row.state_key);
        row.state_after = extend_state(s.db, g.state, state_slot{row.type, *row.state_key}, row.id);
    }
    row.bytes = event.bytes();
    return row;
}

result<pdu> finish(step& s, draft d, ground const& g) {
    auto object = build(s, d, g);
    auto complete = protocol::hash_and_sign(object, *g.version, s.server.name, s.server.key);
    if (!complete) return complete.error();
    auto parsed = pdu::parse(std::move(object), *g.version);
    if (!parsed) return parsed.error();
    auto const& event = parsed.value();
    auto allowed = check(s, event, g);
    if (!allowed) return allowed.error();
    if (g.prev_events.empty()) insert_room(s.db, event.room().str(), *g.version);
    auto const row = make_row(s, event, d, g);
    insert_event(s.db, row);
    replace_extremities(s.db, row.room, row.id);
    if (event.type() == types::redaction) apply_redaction(s, event);
    if (row.state_key) put_current_state(s.db, row.room, row.type, *row.state_key, row.id);
    if (row.state_key && event.type() == types::member) update_membership(s, event, row.where.stream);
    s.wake(row.room);
    return event;
}

}  // namespace

result<pdu> append(step& s, draft d) {
    auto g = find_ground(s, d);
    if (!g) return g.error();
    return finish(s, std::move(d), g.value());
}

result<pdu> append_create(step& s, draft d, room_version const& version) {
    ground g;
    g.version = &version;
    return finish(s, std::move(d), g);
}

pdu load(step& s, std::string const& event_id) {
    if (auto known = s.server.cache.find(event_id)) return *known;
    auto const row = find_event(s.db, event_id);
    if (!row) throw std::logic_error("an event that the store refers to is not in it");
    auto event = pdu::parse_bytes(row->bytes, *find_version(s.db, row->room)).value();
    s.server.cache.put(event);
    return event;
}

std::optional<pdu> load_current(step& s, std::string const& room, std::string_view type, std::string_view state_key) {
    auto const id = current_state_event(s.db, room, type, state_key);
    if (!id) return std::nullopt;
    return load(s, *id);
}

}  // namespace chatrixcd::homeserver
