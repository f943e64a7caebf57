// SPDX-License-Identifier: Apache-2.0
#include "events/relations.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <optional>
#include <string>
#include <utility>

#include <chatrixcd/base/json_reader.hpp>

#include "api/refusal.hpp"
#include "events/visibility.hpp"

namespace chatrixcd::homeserver {

namespace json = boost::json;

namespace {

// Candidates that are looked at for one answer.
constexpr std::int64_t most_looks = 20;
constexpr std::int64_t most_references = 100;

// The latest that the sender of the original made of it, by time, then by id ("Event replacements").
std::optional<stored_event> find_edit(step& s, stored_event const& event, visibility& may) {
    std::optional<stored_event> best;
    if (event.state_key || event.rel_type == "m.replace") return best;
    for (auto& one : latest_related(s.db, event.id, "m.replace", most_looks)) {
        if (one.sender != event.sender || one.type != event.type || one.state_key || !may.may_see(one)) continue;
        if (best && std::pair(best->origin_server_ts, best->id) > std::pair(one.origin_server_ts, one.id)) continue;
        best = std::move(one);
    }
    return best;
}

std::optional<json::object> bundle_thread(step& s, stored_event const& root, std::int64_t count, viewer const& who, visibility& may) {
    for (auto const& one : latest_related(s.db, root.id, "m.thread", most_looks)) {
        if (!may.may_see(one)) continue;
        json::object thread;
        thread["latest_event"] = client_event(s, one, who, event_shape::alone, bundling::edits);
        thread["count"] = count;
        thread["current_user_participated"] = root.sender == who.user || has_related(s.db, root.id, "m.thread", who.user);
        return thread;
    }
    return std::nullopt;
}

json::object bundle_references(step& s, stored_event const& event, visibility& may) {
    json::object references;
    auto& chunk = references["chunk"].emplace_array();
    for (auto const& one : latest_related(s.db, event.id, "m.reference", most_references)) {
        if (!may.may_see(one)) continue;
        json::object entry;
        entry["event_id"] = one.id;
        chunk.push_back(std::move(entry));
    }
    std::reverse(chunk.begin(), chunk.end());
    return references;
}

}  // namespace

json::object bundle(step& s, stored_event const& event, viewer const& who, bundling how) {
    json::object relations;
    if (how == bundling::none) return relations;
    auto const counts = count_relations(s.db, event.id);
    if (counts.empty()) return relations;
    visibility may(s, event.room, who.user);
    for (auto const& [type, count] : counts) {
        if (type == "m.replace") {
            if (auto const edit = find_edit(s, event, may)) {
                relations[type] = client_event(s, *edit, who, event_shape::alone, bundling::none);
            }
        } else if (type == "m.thread" && how == bundling::all) {
            if (auto thread = bundle_thread(s, event, count, who, may)) relations[type] = std::move(*thread);
        } else if (type == "m.reference" && how == bundling::all) {
            relations[type] = bundle_references(s, event, may);
        }
    }
    return relations;
}

result<void> check_relation(step& s, draft const& d) {
    auto const* relation = base::find_object(d.content, "m.relates_to");
    if (relation == nullptr) return {};
    auto const type = base::find_string(*relation, "rel_type");
    auto const target = base::find_string(*relation, "event_id");
    if (!type || !target) return {};
    if (*type == "m.thread") {
        auto const root = find_event(s.db, *target);
        if (root && root->rel_type) return bad_request("M_UNKNOWN", "a thread does not begin at an event that relates to another");
    }
    if (*type != "m.annotation") return {};
    auto const key = base::find_string(*relation, "key");
    for (auto const& one : annotations_by(s.db, *target, d.sender.str())) {
        auto const pdu = load(s, one.id);
        auto const* theirs = base::find_object(pdu.content(), "m.relates_to");
        if (one.type == d.type && theirs != nullptr && base::find_string(*theirs, "key") == key) {
            return bad_request("M_DUPLICATE_ANNOTATION", "you have reacted with that already");
        }
    }
    return {};
}

}  // namespace chatrixcd::homeserver
