// SPDX-License-Identifier: Apache-2.0
#include "sync/receiving.hpp"

#include <algorithm>

#include <chatrixcd/base/many_rows.hpp>
#include <chatrixcd/base/sealed.hpp>

namespace chatrixcd::matrix::detail {

namespace {

// Most answers leave an event's room out, for it is said around it. One that names another room was never sent here.
bool is_of(raw_event const& e, room_id const& room) { return e.room().empty() || e.room() == room.str(); }

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

std::size_t store_events(base::transaction& t, event_place first, event_place last, arrival const& where, presence_walk& walk,
                         std::shared_ptr<void const> const& keeper, receiving& how) {
    std::size_t made = 0;
    std::vector<new_row> rows;
    rows.reserve(std::min(static_cast<std::size_t>(last - first), base::many_rows::most_at_once));
    for (auto e = first; e != last; ++e) {
        if (!is_of(*e, where.room) || !walk.visit(*e)) continue;
        auto const kind = how.filter.kind_of(where.room, *e, how.me, keeper);
        if (!kind) continue;
        rows.push_back(new_row{std::string(e->id()), *kind, base::seal(e->to_text()), how.traces.next()});
        // Events are up to 64 KiB each: a long page is not held twice.
        if (rows.size() < base::many_rows::most_at_once) continue;
        made += insert_rows(t, where, rows);
        rows.clear();
    }
    return made + insert_rows(t, where, rows);
}

}  // namespace chatrixcd::matrix::detail
