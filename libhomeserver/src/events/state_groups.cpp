// SPDX-License-Identifier: Apache-2.0
#include "events/state_groups.hpp"

#include "store/sequences.hpp"

namespace chatrixcd::homeserver {

namespace {

// Groups in a chain from one to its snapshot. Longer: slower reading; shorter: more rows in big rooms.
constexpr std::int64_t max_chain = 50;

// From a group to its snapshot; `hop` counts from the group itself.
std::string const chain =
    "WITH RECURSIVE chain(id, hop) AS (SELECT ?1, 0 UNION ALL SELECT g.parent, chain.hop + 1 FROM chain"
    " JOIN state_groups g ON g.id = chain.id WHERE g.parent IS NOT NULL) ";

void insert_entry(base::transaction& db, std::int64_t group, state_slot const& slot, std::string const& event_id) {
    db.run("INSERT INTO state_group_entries (state_group, type, state_key, event_id) VALUES (?1, ?2, ?3, ?4)",
           {group, slot.type, slot.state_key, event_id});
}

}  // namespace

std::int64_t extend_state(base::transaction& db, std::int64_t parent, state_slot const& slot, std::string const& event_id) {
    auto const id = sequences::next(db, sequences::state_groups);
    std::int64_t length = 0;
    if (parent != no_state) length = db.query("SELECT length FROM state_groups WHERE id = ?1", {parent}).at(0).integer(0) + 1;
    bool const whole = parent == no_state || length > max_chain;
    if (!whole) {
        db.run("INSERT INTO state_groups (id, parent, length) VALUES (?1, ?2, ?3)", {id, parent, length});
        insert_entry(db, id, slot, event_id);
        return id;
    }
    db.run("INSERT INTO state_groups (id, parent, length) VALUES (?1, NULL, 0)", {id});
    auto state = state_at(db, parent);
    state[slot] = event_id;
    for (auto const& [place, event] : state) insert_entry(db, id, place, event);
    return id;
}

std::optional<std::string> state_event_at(base::transaction& db, std::int64_t group, std::string_view type, std::string_view state_key) {
    static auto const sql = chain +
                            "SELECT e.event_id FROM chain JOIN state_group_entries e ON e.state_group = chain.id"
                            " WHERE e.type = ?2 AND e.state_key = ?3 ORDER BY chain.hop LIMIT 1";
    auto const row = db.first(sql, {group, std::string(type), std::string(state_key)});
    if (!row) return std::nullopt;
    return row->text(0);
}

state_map state_at(base::transaction& db, std::int64_t group) {
    static auto const sql = chain +
                            "SELECT e.type, e.state_key, e.event_id FROM chain JOIN state_group_entries e"
                            " ON e.state_group = chain.id ORDER BY chain.hop";
    state_map state;
    auto const rows = db.query(sql, {group});
    // The nearest entry of a slot comes first and stands.
    for (auto const& row : rows) state.emplace(state_slot{row.text(0), row.text(1)}, row.text(2));
    return state;
}

state_map state_changes(base::transaction& db, std::int64_t from, std::int64_t to) {
    if (from == to) return {};
    auto const before = state_at(db, from);
    auto changed = state_at(db, to);
    std::erase_if(changed, [&before](auto const& entry) {
        auto const old = before.find(entry.first);
        return old != before.end() && old->second == entry.second;
    });
    return changed;
}

}  // namespace chatrixcd::homeserver
