// SPDX-License-Identifier: Apache-2.0
#include "sync/receiving.hpp"

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <chatrixcd/base/many_rows.hpp>

#include "inbox/trust_text.hpp"
#include "state/sealed_columns.hpp"
#include "sync/decryption.hpp"

namespace chatrixcd::matrix::detail {

namespace {

// Most answers leave an event's room out, for it is said around it. One that names another room was never sent here.
bool is_of(raw_event const& e, room_id const& room) { return e.room().empty() || e.room() == room.str(); }

// What this device has sent is for nobody who wants messages alone.
bool is_to_be_opened(raw_event const& e, receiving const& how) {
    bool const is_encrypted = e.type() == "m.room.encrypted" && !e.state_key();
    return how.decrypts != nullptr && is_encrypted && (how.filter.other_events || !how.decrypts->is_of_this_device(e));
}

void add_opened(base::transaction& t, opened_event const& opened, arrival const& where, receiving& how, std::vector<new_row>& rows) {
    if (how.decrypts != nullptr) how.decrypts->note(opened.event, where.room);
    auto const kind = how.filter.kind_of(where.room, opened.event, how.me, opened.keeper, opened.believed);
    if (!kind) return;
    auto const text = opened.event.to_text();
    rows.push_back(new_row{std::string(opened.event.id()), *kind, t.seal(sealed_in::inbox_event, text), how.traces.next(),
                           trust_text(opened.believed)});
}

}  // namespace

arrival arrival_at(receiving const& how, room_id const& room, std::int64_t position) {
    arrival where;
    where.account = how.account;
    where.room = room;
    where.position = position;
    where.now = how.now;
    where.restored = how.restored;
    return where;
}

void store_loss(base::transaction& t, arrival const& where, std::string const& reason, receiving& how) {
    boost::json::object notice;
    notice["reason"] = reason;
    auto const trace = how.traces.next();
    insert_row(t, where, "gap " + trace, inbox_kind::gap_lost, boost::json::serialize(notice), trace);
}

bool store_opened(base::transaction& t, opened_event const& opened, arrival const& where, receiving& how) {
    std::vector<new_row> rows;
    add_opened(t, opened, where, how, rows);
    return insert_rows(t, where, rows) > 0;
}

std::size_t store_events(base::transaction& t, event_place first, event_place last, arrival const& where, presence_walk& walk,
                         std::shared_ptr<void const> const& keeper, receiving& how) {
    std::size_t made = 0;
    std::vector<new_row> rows;
    rows.reserve(std::min(static_cast<std::size_t>(last - first), base::many_rows::most_at_once));
    for (auto e = first; e != last; ++e) {
        if (!is_of(*e, where.room) || !walk.visit(*e)) continue;
        if (is_to_be_opened(*e, how)) {
            if (auto const opened = how.decrypts->open(*e, where)) add_opened(t, *opened, where, how, rows);
        } else {
            if (how.decrypts != nullptr) how.decrypts->note(*e, where.room);
            auto const kind = how.filter.kind_of(where.room, *e, how.me, keeper);
            if (kind)
                rows.push_back(
                    new_row{std::string(e->id()), *kind, t.seal(sealed_in::inbox_event, e->to_text()), how.traces.next(), std::nullopt});
        }
        // Events are up to 64 KiB each: a long page is not held twice.
        if (rows.size() < base::many_rows::most_at_once) continue;
        made += insert_rows(t, where, rows);
        rows.clear();
    }
    return made + insert_rows(t, where, rows);
}

}  // namespace chatrixcd::matrix::detail
