// SPDX-License-Identifier: Apache-2.0
// Putting events into rooms (client-server API, "Sending events to a room", "Redactions").
#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/protocol/event_types.hpp>

#include "api/endpoints.hpp"
#include "api/refusal.hpp"
#include "events/append.hpp"
#include "events/members.hpp"
#include "events/power.hpp"
#include "events/relations.hpp"
#include "store/rooms.hpp"
#include "store/transactions.hpp"

namespace chatrixcd::homeserver {

namespace json = boost::json;
namespace types = protocol::event_types;
using base::http::method;

namespace {

answer event_answer(std::string const& event_id) {
    json::object body;
    body["event_id"] = event_id;
    return answer(std::move(body));
}

// Whether a room exists is nobody's business who is not in it.
result<void> check_member(step& s, call const& c) {
    if (!is_joined(s.db, c.parameter("room"), c.user.str())) return forbidden("you are not in this room");
    return {};
}

draft base_draft(call const& c, std::string_view type) {
    draft d;
    d.room = c.parameter("room");
    d.sender = c.user;
    d.type = type;
    return d;
}

// Appends once for each transaction id.
result<answer> append_once(step& s, call const& c, std::string endpoint, draft d) {
    transaction_key const key{c.user.str(), c.device, std::move(endpoint), c.parameter("txn")};
    // Before all else: the answer to a repeated request does not change, whatever happened to the room since.
    if (auto const earlier = find_transaction(s.db, key)) return event_answer(*earlier);
    if (auto member = check_member(s, c); !member) return member.error();
    if (d.redacts) {
        if (auto allowed = check_redaction(s, d.room, d.sender, *d.redacts); !allowed) return allowed.error();
    }
    if (auto good = check_relation(s, d); !good) return good.error();
    d.device = c.device;
    d.transaction_id = key.id;
    auto event = append(s, std::move(d));
    if (!event) return event.error();
    put_transaction(s.db, key, event.value().id().str());
    return event_answer(event.value().id().str());
}

result<answer> send(step& s, call& c) {
    auto const& type = c.parameter("type");
    auto d = base_draft(c, type);
    d.content = std::move(c.body);
    // By this way too, a redaction names its target in its content, wherever the room's version keeps it.
    if (type == types::redaction) {
        d.redacts = base::find_string(d.content, "redacts");
        if (!d.redacts) return missing_param("redacts is missing");
    }
    return append_once(s, c, "send/" + c.parameter("room") + "/" + type, std::move(d));
}

result<answer> redact(step& s, call& c) {
    auto d = base_draft(c, types::redaction);
    d.redacts = c.parameter("event");
    if (auto reason = base::find_string(c.body, "reason")) d.content["reason"] = std::move(*reason);
    auto endpoint = "redact/" + c.parameter("room") + "/" + c.parameter("event");
    return append_once(s, c, std::move(endpoint), std::move(d));
}

result<answer> put_state(step& s, call& c, std::string const& state_key) {
    if (auto member = check_member(s, c); !member) return member.error();
    auto d = base_draft(c, c.parameter("type"));
    d.state_key = state_key;
    d.content = std::move(c.body);
    // The same once more is no new event: a client that repeats a request whose answer it missed changes nothing.
    auto const old = load_current(s, d.room, d.type, state_key);
    if (old && old->sender() == c.user && old->content() == d.content) return event_answer(old->id().str());
    if (d.type == types::member && base::find_string(d.content, "membership") == "invite") {
        if (auto local = local_user(s, state_key); !local) return local.error();
    }
    auto event = append(s, std::move(d));
    if (!event) return event.error();
    return event_answer(event.value().id().str());
}

}  // namespace

void add_sending(service& to) {
    to.add(method::put, "/rooms/{room}/send/{type}/{txn}", access::user, body_rule::required, send);
    to.add(method::put, "/rooms/{room}/redact/{event}/{txn}", access::user, body_rule::optional, redact);
    auto const without_key = [](step& s, call& c) { return put_state(s, c, ""); };
    auto const with_key = [](step& s, call& c) { return put_state(s, c, c.parameter("key")); };
    to.add(method::put, "/rooms/{room}/state/{type}", access::user, body_rule::required, without_key);
    to.add(method::put, "/rooms/{room}/state/{type}/{key}", access::user, body_rule::required, with_key);
}

}  // namespace chatrixcd::homeserver
