// SPDX-License-Identifier: Apache-2.0
#include "state/redactions.hpp"

#include <boost/json/serialize.hpp>
#include <optional>
#include <string>

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/protocol/redaction.hpp>
#include <chatrixcd/protocol/room_version.hpp>

#include "crypto/rooms/waiting.hpp"
#include "state/room_table.hpp"

namespace chatrixcd::matrix::detail {

namespace {

// Of a room whose version is not known, the strictest rules that we know.
protocol::room_version const& version_of(base::transaction& t, std::int64_t account, room_id const& room) {
    std::string id = "1";
    if (auto const create = find_state(t, account, room, "m.room.create", "")) {
        auto const event = base::parse_json_object(*create);
        auto const* content = event ? base::find_object(*event, "content") : nullptr;
        if (content != nullptr) id = base::find_string(*content, "room_version").value_or(id);
    }
    auto const known = protocol::find_room_version(id);
    return known ? **known : protocol::room_versions::v1;
}

// Room version 11 moved it into the content; homeservers show it in both places.
std::optional<std::string> target_of(raw_event const& redaction) {
    if (auto target = base::find_string(redaction.content(), "redacts")) return target;
    return base::find_string(redaction.object(), "redacts");
}

bool redact_one(base::transaction& t, std::int64_t account, room_id const& room, std::string const& target) {
    bool changed = false;
    // The id is a part of the text: few rows pass, and those are read.
    auto const rows = t.query("SELECT type, state_key, event FROM room_state WHERE account = ?1 AND room_id = ?2 AND instr(event, ?3) > 0",
                              {account, room.str(), target});
    for (auto const& row : rows) {
        auto const event = base::parse_json_object(row.text(2));
        if (!event || base::find_string(*event, "event_id") != target) continue;
        auto const text = boost::json::serialize(protocol::redact(*event, version_of(t, account, room)));
        if (text == row.text(2)) continue;
        t.run("UPDATE room_state SET event = ?5 WHERE account = ?1 AND room_id = ?2 AND type = ?3 AND state_key = ?4",
              {account, room.str(), row.text(0), row.text(1), text});
        changed = true;
    }
    return changed;
}

}  // namespace

bool redact_state(base::transaction& t, std::int64_t account, room_id const& room, std::vector<raw_event> const& events) {
    bool changed = false;
    for (auto const& e : events) {
        if (e.type() != "m.room.redaction" || e.state_key()) continue;
        auto const target = target_of(e);
        if (!target || target->empty()) continue;
        changed |= redact_one(t, account, room, *target);
        crypto::drop_waiting(t, account, room, *target);
    }
    return changed;
}

}  // namespace chatrixcd::matrix::detail
