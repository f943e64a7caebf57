// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "state/redactions.hpp"
#include "sync/commit.hpp"
#include "sync/decryption.hpp"

namespace chatrixcd::matrix::detail {

namespace {

event_place find_event(history_page const& page, std::string const& id) {
    return std::find_if(page.events.begin(), page.events.end(), [&](raw_event const& e) { return e.id() == id; });
}

// Who left and came back within a gap is not seen in the room's state.
void see_leavers(event_place first, event_place last, room_id const& room, decryption& devices) {
    for (auto e = first; e != last; ++e) {
        if (e->type() != "m.room.member" || !e->state_key()) continue;
        auto const now = e->content_text("membership");
        auto const member = user_id::parse(std::string(*e->state_key()));
        if (!member || (now != "leave" && now != "ban")) continue;
        devices.retire_key(room);
        devices.part(room, *member);
    }
}

std::string too_many(std::size_t bound) { return "more than " + std::to_string(bound) + " events came while we were away"; }

// Walks backwards until the last event that we know is met; from there the gap is filled like any other.
gap_outcome seek(base::transaction& t, history_page const& page, gap_row gap, std::size_t bound, receiving& how) {
    bool const met = find_event(page, gap.after_event) != page.events.end();
    gap.filled += static_cast<std::int64_t>(page.events.size());
    if (!met && (page.end.empty() || page.events.empty() || page.end == gap.token)) {
        commit_loss(t, gap, "the homeserver has forgotten where we were", how);
        return gap_outcome::lost;
    }
    if (!met && gap.filled >= static_cast<std::int64_t>(bound)) {
        commit_loss(t, gap, too_many(bound), how);
        return gap_outcome::lost;
    }
    // A page that reaches the room's beginning names no end: without a token, forwards begins there.
    gap.token = page.end;
    if (met) {
        gap.seeking = false;
        gap.filled = 0;
    }
    advance_gap(t, gap);
    return gap_outcome::open;
}

// Moves a gap behind a page that was taken in.
gap_outcome advance(base::transaction& t, history_page const& page, gap_row gap, bool inside, std::size_t bound, receiving& how) {
    gap.token = page.end;
    gap.inside = inside;
    gap.filled += static_cast<std::int64_t>(page.events.size());
    if (gap.filled >= static_cast<std::int64_t>(bound)) {
        commit_loss(t, gap, too_many(bound), how);
        return gap_outcome::lost;
    }
    advance_gap(t, gap);
    return gap_outcome::open;
}

}  // namespace

page_taken commit_page(base::transaction& t, history_page const& page, gap_row gap, std::size_t bound, receiving how) {
    how.restored = gap.restored;
    redact_state(t, how.account, gap.room, page.events);
    page_taken taken;
    if (gap.seeking) {
        taken.gap = seek(t, page, std::move(gap), bound, how);
        return taken;
    }
    auto first = page.events.begin();
    if (!gap.after_event.empty()) {
        // What lies before it was taken in once, or is from before our first start.
        auto const last_known = find_event(page, gap.after_event);
        if (last_known != page.events.end()) first = last_known + 1;
        gap.after_event.clear();
    }
    std::optional<decryption> devices;
    if (how.olm != nullptr) how.decrypts = &devices.emplace(t, *how.olm, how.account, how.me, how.device, how.now);
    presence_walk walk(how.me, gap.inside);
    auto const known = std::find_if(first, page.events.end(), [&](raw_event const& e) { return e.id() == gap.until_event; });
    store_events(t, first, known, arrival_at(how, gap.room, gap.position - 1), walk, page.source, how);
    if (devices) see_leavers(first, known, gap.room, *devices);
    // What lies behind was heard when it came: said again it would contradict itself.
    if (devices) taken.verifications = devices->take_verifications();
    // Servers order branches of a room differently in a sync and in its history: what lies behind the known event is mostly known too,
    // and then ignored.
    store_events(t, known, page.events.end(), arrival_at(how, gap.room, gap.position), walk, page.source, how);
    bool const reached_end = known != page.events.end() || page.end.empty() || page.end == gap.token;
    if (reached_end) {
        close_gap(t, gap);
        taken.gap = gap_outcome::closed;
    } else {
        taken.gap = advance(t, page, std::move(gap), walk.inside(), bound, how);
    }
    return taken;
}

void commit_loss(base::transaction& t, gap_row const& gap, std::string const& reason, receiving& how) {
    close_gap(t, gap);
    store_loss(t, arrival_at(how, gap.room, gap.position - 1), reason, how);
}

}  // namespace chatrixcd::matrix::detail
