// SPDX-License-Identifier: Apache-2.0
#include "sync/receiving.hpp"

#include <boost/json/object.hpp>

namespace chatrixcd::matrix::detail {

namespace {

// Most answers leave an event's room out, for it is said around it. One that names another room was never sent here.
bool is_of(raw_event const& e, room_id const& room) {
    auto const* named = e.object().if_contains("room_id");
    return named == nullptr || !named->is_string() || std::string_view(named->get_string()) == room.str();
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

std::size_t store_events(base::transaction& t, event_place first, event_place last, arrival const& where, presence_walk& walk,
                         std::shared_ptr<void const> const& keeper, receiving& how) {
    std::size_t rows = 0;
    for (auto e = first; e != last; ++e) {
        if (!is_of(*e, where.room) || !walk.visit(*e)) continue;
        auto const kind = how.filter.kind_of(where.room, *e, how.me, keeper);
        if (kind && insert_row(t, where, std::string(e->id()), *kind, e->to_text(), how.traces.next())) ++rows;
    }
    return rows;
}

}  // namespace chatrixcd::matrix::detail
