// SPDX-License-Identifier: Apache-2.0
#include "sync/commit.hpp"

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <chatrixcd/base/json_reader.hpp>

#include "inbox/table.hpp"
#include "sync/presence.hpp"

namespace chatrixcd::matrix::detail {

namespace {

struct position_row {
    std::string position;
    std::int64_t batches = 0;
};

position_row load(base::transaction& t, std::int64_t account) {
    auto const row = t.first("SELECT position, batches FROM account WHERE id = ?1", {account});
    if (!row) throw base::store_error("the account's row is missing");
    return position_row{row->optional_text(0).value_or(std::string()), row->integer(1)};
}

arrival arrival_at(receiving const& how, room_id const& room, std::int64_t position) {
    arrival where;
    where.account = how.account;
    where.room = room;
    where.position = position;
    where.now = how.now;
    return where;
}

// Most answers leave an event's room out, for it is said around it. One that names another room was never sent here.
bool is_of(event const& e, room_id const& room) {
    auto const named = base::find_string(e.raw(), "room_id");
    return !named || *named == room.str();
}

using position_in = std::vector<event>::const_iterator;

std::size_t store_events(base::transaction& t, position_in first, position_in last, arrival const& where, presence_walk& walk,
                         receiving& how) {
    std::size_t rows = 0;
    for (auto e = first; e != last; ++e) {
        if (!is_of(*e, where.room) || !walk.visit(*e)) continue;
        auto const kind = how.filter.kind_of(where.room, *e, how.me);
        if (kind && insert_row(t, where, e->id().str(), *kind, e->to_text(), how.traces.next())) ++rows;
    }
    return rows;
}

// The stripped member event of an invitation is about us.
event const* find_invitation(room_update const& update, user_id const& me) {
    for (auto const& e : update.state) {
        if (e.is_state("m.room.member", me.str()) && e.content_text("membership") == "invite") return &e;
    }
    return nullptr;
}

void take_invite(base::transaction& t, room_update const& update, arrival const& where, receiving& how, received& count) {
    auto const* invitation = find_invitation(update, how.me);
    // A server repeats an open invitation in each first sync.
    if (invitation == nullptr || our_membership(t, how.account, update.room) == membership::invite) return;
    set_our_membership(t, how.account, update.room, membership::invite);
    drop_invites(t, how.account, update.room);
    if (!how.filter.invites) return;
    auto const trace = how.traces.next();
    if (insert_row(t, where, "invite " + trace, inbox_kind::invite, invitation->to_text(), trace)) ++count.rows;
}

void take_state(base::transaction& t, room_update const& update, std::int64_t account) {
    for (auto const& e : update.state) put_state(t, account, update.room, e);
    for (auto const& e : update.timeline) {
        if (e.state_key()) put_state(t, account, update.room, e);
    }
}

// Where the timeline stands in what we know already, and the gap before it.
class placement {
public:
    bool deliver = false;
    bool inside = false;  // before the timeline's first event
    bool gap = false;
    bool inside_gap = false;  // before the gap's first event
};

placement place(room_update const& update, bool was_joined, bool first, receiving const& how) {
    placement found;
    found.deliver = how.filter.wants_room(update.room) && (!first || how.deliver_first);
    bool const begins_inside = inside_before(update.timeline, how.me);
    if (first) {
        found.inside = begins_inside;
    } else if (update.limited) {
        found.inside = begins_inside;
        found.gap = found.deliver && (was_joined || begins_inside);
        found.inside_gap = was_joined;
    } else {
        found.inside = was_joined;
    }
    return found;
}

void take_timeline(base::transaction& t, room_update const& update, position_row const& before, receiving& how, received& count) {
    bool const was_joined = our_membership(t, how.account, update.room) == membership::join;
    auto const placed = place(update, was_joined, before.position.empty(), how);
    auto const where = arrival_at(how, update.room, before.batches * 2 + 1);
    if (placed.gap) {
        gap_row gap;
        gap.room = update.room;
        gap.position = where.position;
        gap.token = before.position;
        if (!update.timeline.empty()) gap.until_event = update.timeline.front().id().str();
        gap.inside = placed.inside_gap;
        insert_gap(t, how.account, gap);
        ++count.gaps;
    }
    if (!placed.deliver) return;
    presence_walk walk(how.me, placed.inside);
    count.rows += store_events(t, update.timeline.begin(), update.timeline.end(), where, walk, how);
}

void tell_loss(base::transaction& t, room_id const& room, std::int64_t position, std::string const& reason, receiving& how) {
    boost::json::object notice;
    notice["reason"] = reason;
    auto const trace = how.traces.next();
    insert_row(t, arrival_at(how, room, position), "gap " + trace, inbox_kind::gap_lost, boost::json::serialize(notice), trace);
}

// The rooms that a first sync does not name are not ours any more; in the others nobody can say what was missed.
void begin_anew(base::transaction& t, sync_batch const& batch, std::int64_t position, receiving& how) {
    t.run("DELETE FROM gap WHERE account = ?1", {how.account});
    for (auto const& room : joined_rooms(t, how.account)) {
        auto const named = [&](room_update const& u) { return u.room == room && u.ours == membership::join; };
        if (std::any_of(batch.rooms.begin(), batch.rooms.end(), named)) {
            tell_loss(t, room, position, "the homeserver does not know any more what it told us last", how);
        } else {
            set_our_membership(t, how.account, room, membership::leave);
            forget_state(t, how.account, room);
        }
    }
}

}  // namespace

std::string load_position(base::transaction& t, std::int64_t account) { return load(t, account).position; }

received commit_batch(base::transaction& t, sync_batch const& batch, receiving how) {
    received count;
    auto before = load(t, how.account);
    ++before.batches;
    if (how.anew) {
        begin_anew(t, batch, before.batches * 2, how);
        before.position.clear();
        ++count.rows;
    }
    for (auto const& update : batch.rooms) {
        if (update.ours == membership::invite) {
            take_invite(t, update, arrival_at(how, update.room, before.batches * 2 + 1), how, count);
            continue;
        }
        take_timeline(t, update, before, how, count);
        drop_invites(t, how.account, update.room);
        set_our_membership(t, how.account, update.room, update.ours);
        if (update.ours == membership::join) {
            take_state(t, update, how.account);
        } else {
            forget_state(t, how.account, update.room);
        }
    }
    t.run("UPDATE account SET position = ?2, batches = ?3 WHERE id = ?1", {how.account, batch.next_batch, before.batches});
    return count;
}

gap_outcome commit_page(base::transaction& t, history_page const& page, gap_row gap, std::size_t bound, receiving how) {
    presence_walk walk(how.me, gap.inside);
    auto const is_known = [&](event const& e) { return e.id().str() == gap.until_event; };
    auto const known = std::find_if(page.events.begin(), page.events.end(), is_known);
    store_events(t, page.events.begin(), known, arrival_at(how, gap.room, gap.position - 1), walk, how);
    // Servers order branches of a room differently in a sync and in its history: what lies behind the known event is mostly known too,
    // and then ignored.
    store_events(t, known, page.events.end(), arrival_at(how, gap.room, gap.position), walk, how);
    bool const reached_end = known != page.events.end() || page.end.empty() || page.end == gap.token;
    if (reached_end) {
        close_gap(t, gap);
        return gap_outcome::closed;
    }
    gap.token = page.end;
    gap.inside = walk.inside();
    gap.filled += static_cast<std::int64_t>(page.events.size());
    if (gap.filled >= static_cast<std::int64_t>(bound)) {
        commit_loss(t, gap, "more than " + std::to_string(bound) + " events came while we were away", std::move(how));
        return gap_outcome::lost;
    }
    advance_gap(t, gap);
    return gap_outcome::open;
}

void commit_loss(base::transaction& t, gap_row const& gap, std::string const& reason, receiving how) {
    close_gap(t, gap);
    tell_loss(t, gap.room, gap.position - 1, reason, how);
}

}  // namespace chatrixcd::matrix::detail
