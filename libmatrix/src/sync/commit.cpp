// SPDX-License-Identifier: Apache-2.0
#include "sync/commit.hpp"

#include <algorithm>
#include <map>

#include "state/redactions.hpp"
#include "state/state_writer.hpp"
#include "sync/decryption.hpp"

namespace chatrixcd::matrix::detail {

namespace {

// A room that asks for encryption without saying how.
constexpr char const* unnamed_algorithm = "unknown";

// A response without news moves only our position, and that need not go to the disk each time: after a crash the homeserver says again
// what was for nobody. The time says how much of it at most.
constexpr base::duration position_may_lag = std::chrono::minutes(1);

struct position_row {
    std::string position;
    std::int64_t batches = 0;
    bool restarting = false;
    bool catching_up = false;
    base::time_point seen;  // when the position was stored
};

position_row load(base::transaction& t, std::int64_t account) {
    auto const row = t.first("SELECT position, batches, restarting, catching_up, seen FROM account WHERE id = ?1", {account});
    if (!row) throw base::store_error("the account's row is missing");
    return position_row{row->optional_text(0).value_or(std::string()), row->integer(1), row->integer(2) != 0, row->integer(3) != 0,
                        base::time_point(std::chrono::milliseconds(row->integer(4)))};
}

// Takes one response in, room by room.
class intake {
public:
    intake(base::transaction& t, sync_batch const& batch, receiving how)
        : t_(t), batch_(batch), how_(std::move(how)), before_(load(t, how_.account)), number_(before_.batches + 1) {
        how_.restored = before_.catching_up;
    }

    received run() {
        // What comes to this device is first: it has the keys for what is said in rooms.
        open_devices();
        for (auto const& update : batch_.rooms) {
            // A homeserver may name a room twice.
            auto const earlier = unsaved_.find(update.room);
            auto row = earlier == unsaved_.end() ? load_room(t_, how_.account, update.room) : earlier->second;
            auto const old = row;
            if (update.ours == membership::invite) {
                take_invite(update, row);
            } else {
                take_room(update, row);
            }
            if (row != old) unsaved_.insert_or_assign(update.room, std::move(row));
        }
        if (before_.restarting) leave_others();
        close_devices();
        if (!has_news() && !is_due()) return std::move(count_);
        for (auto const& [room, row] : unsaved_) save_room(t_, how_.account, room, row);
        t_.run("UPDATE account SET position = ?2, batches = ?3, restarting = 0, catching_up = 0, seen = ?4 WHERE id = ?1",
               {how_.account, batch_.next_batch, number_, std::int64_t{how_.now.time_since_epoch().count()}});
        auto const places = static_cast<std::int64_t>(how_.places);
        if (count_.rows > 0 && places > 0) count_.taken = take_rows(t_, how_.account, places);
        return std::move(count_);
    }

private:
    void open_devices() {
        if (how_.olm == nullptr) return;
        devices_.emplace(t_, *how_.olm, how_.account, how_.me, how_.device, how_.now);
        how_.decrypts = &*devices_;
        count_.devices = devices_->take(batch_.devices);
        if (before_.restarting) devices_->forget_lists();
        // Before what is said now: it was said before.
        for (auto const& each : devices_->reopen()) {
            if (store_opened(t_, each.opened, each.where, how_)) ++count_.rows;
        }
    }
    void close_devices() {
        if (!devices_) return;
        count_.devices = count_.devices || devices_->wants_errand();
        count_.waiting = devices_->wants_key();
        count_.complaints = devices_->complaints();
        count_.verifications = devices_->take_verifications();
        how_.decrypts = nullptr;
    }
    // Whoever may speak in an encrypted room.
    void expect_members(room_update const& update, room_row const& before, room_row const& now) {
        if (!devices_ || now.encryption.empty()) return;
        // A homeserver that shows members as they are needed may leave out who left.
        bool someone_left = update.limited && how_.lazy_members;
        auto const expect = [&](std::string user, std::string_view membership) {
            auto const member = user_id::parse(std::move(user));
            if (!member) return;
            bool const has_left = membership == "leave" || membership == "ban";
            if (membership == "join" || membership == "invite") devices_->expect(*member);
            // Who is invited behind a gap may have been in the room, and have left it.
            someone_left = someone_left || has_left || (update.limited && membership != "join");
            // What a restart shows was seen before.
            if (has_left && !before_.restarting) devices_->part(update.room, *member);
        };
        for (auto const* events : {&update.state, &update.timeline}) {
            for (auto const& e : *events) {
                if (e.type() == "m.room.member" && e.state_key()) expect(std::string(*e.state_key()), e.content_text("membership"));
            }
        }
        if (someone_left) devices_->retire_key(update.room);
        if (!before.encryption.empty()) return;
        for (auto const& each : members_with(t_, how_.account, update.room, "join", "invite")) expect(each.user, each.membership);
    }

    bool has_news() const {
        bool const starts = before_.position.empty() || before_.restarting || before_.catching_up;
        // What is part of a verification is heard once: after a restart it would be a new one.
        bool const is_heard = !count_.verifications.empty();
        return starts || is_heard || count_.rows > 0 || count_.gaps > 0 || !count_.changed.empty() || count_.devices;
    }
    bool is_due() const { return how_.now < before_.seen || how_.now - before_.seen >= position_may_lag; }
    bool is_first() const { return before_.position.empty() && !before_.restarting; }
    arrival here(room_id const& room) const { return arrival_at(how_, room, number_ * 2 + 1); }

    void take_invite(room_update const& update, room_row& row) {
        auto const about_us = [&](raw_event const& e) {
            return e.is_state("m.room.member", how_.me.str()) && e.content_text("membership") == "invite";
        };
        auto const invitation = std::find_if(update.state.begin(), update.state.end(), about_us);
        // A server repeats an open invitation in each first sync.
        if (invitation == update.state.end() || row.ours == membership::invite) return;
        row.ours = membership::invite;
        count_.changed.push_back(update.room);
        drop_invites(t_, how_.account, update.room);
        if (!how_.filter.invites) return;
        auto const trace = how_.traces.next();
        auto const id = "invite " + trace;
        if (insert_row(t_, here(update.room), id, inbox_kind::invite, invitation->to_text(), trace)) ++count_.rows;
    }

    void take_room(room_update const& update, room_row& row) {
        bool const was_joined = row.ours == membership::join;
        take_timeline(update, row);
        if (!update.timeline.empty()) row.last_event = update.timeline.back().id();
        if (row.ours == membership::invite) drop_invites(t_, how_.account, update.room);
        auto const old = row;
        row.ours = update.ours;
        bool changed = false;
        if (update.ours == membership::join) {
            take_summary(update.summary, row);
            take_members_known(update, was_joined, row);
            changed = take_state(update, was_joined, row);
            changed |= redact_state(t_, how_.account, update.room, update.timeline);
        } else {
            forget_state(t_, how_.account, update.room);
            row.joined_count.reset();
            row.invited_count.reset();
            row.heroes.clear();
            row.upgrade = upgrade_step::none;
        }
        if (changed || row != old) count_.changed.push_back(update.room);
        if (update.ours == membership::join) expect_members(update, old, row);
    }

    void take_timeline(room_update const& update, room_row const& row) {
        if (!how_.filter.wants_room(update.room) || (is_first() && !how_.deliver_first)) return;
        bool const was_joined = row.ours == membership::join;
        auto first = update.timeline.begin();
        bool inside = was_joined;
        if (is_first()) {
            inside = inside_before(update.timeline, how_.me);
        } else if (before_.restarting || update.limited) {
            first = behind_known(update, row, inside);
        } else if (update.ours == membership::join) {
            // Who is in a room and was never seen coming in has been there all along, whatever we thought.
            inside = was_joined || inside_before(update.timeline, how_.me);
        }
        presence_walk walk(how_.me, inside);
        count_.rows += store_events(t_, first, update.timeline.end(), here(update.room), walk, batch_.source, how_);
    }

    // The response may leave something out, or show again what is known: where the unknown begins.
    event_place behind_known(room_update const& update, room_row const& row, bool& inside) {
        auto const is_last = [&](raw_event const& e) { return !row.last_event.empty() && e.id() == row.last_event; };
        auto const known = std::find_if(update.timeline.begin(), update.timeline.end(), is_last);
        if (known != update.timeline.end()) return known + 1;
        bool const was_joined = inside;
        inside = inside_before(update.timeline, how_.me);
        if (!update.limited) return update.timeline.begin();
        auto gap = gap_before(update, was_joined);
        bool const was_heard = was_joined || inside;
        if (was_heard && before_.restarting) {
            search(std::move(gap), update.prev_batch, row.last_event);
        } else if (was_heard) {
            open(gap);
        } else if (auto const visited = behind_hidden_visit(update.timeline, how_.me, row); !before_.restarting && !visited.empty()) {
            gap.until_event = visited;
            open(gap);
        }
        return update.timeline.begin();
    }

    // From our position to the timeline.
    gap_row gap_before(room_update const& update, bool inside) const {
        gap_row gap;
        gap.room = update.room;
        gap.position = number_ * 2 + 1;
        gap.token = before_.position;
        if (!update.timeline.empty()) gap.until_event = update.timeline.front().id();
        gap.inside = inside;
        gap.restored = how_.restored;
        return gap;
    }

    void open(gap_row& gap) {
        gap.id = insert_gap(t_, how_.account, gap);
        ++count_.gaps;
    }

    // Our position is lost: where the gap begins is looked for backwards.
    void search(gap_row gap, std::string const& from, std::string const& last_event) {
        gap.seeking = true;
        gap.token = from;
        gap.after_event = last_event;
        open(gap);
        if (!last_event.empty() && !from.empty()) return;
        // Nothing leads there.
        commit_loss(t_, gap, "the homeserver has forgotten where we were", how_);
        ++count_.rows;
    }

    static void take_summary(room_summary const& summary, room_row& row) {
        if (summary.joined) row.joined_count = summary.joined;
        if (summary.invited) row.invited_count = summary.invited;
        if (summary.heroes) row.heroes = *summary.heroes;
    }

    void take_members_known(room_update const& update, bool was_joined, room_row& row) const {
        bool const begins = !was_joined || before_.restarting;
        if (begins) row.members_known = !how_.lazy_members;
        // Who came and went in the gap, and said nothing since, is left out by a lazy homeserver.
        if (how_.lazy_members && update.limited) {
            row.members_known = false;
            row.members_gap = number_;
        }
    }

    bool take_state(room_update const& update, bool was_joined, room_row& row) {
        bool const knew_tombstone = before_.restarting && find_state(t_, how_.account, update.room, "m.room.tombstone", "").has_value();
        // What a restart does not show is not state any more.
        if (before_.restarting || !was_joined) forget_state(t_, how_.account, update.room);
        bool const may_follow = was_joined && how_.follow_upgrades && !knew_tombstone;
        state_writer writer(t_, how_.account, update.room, number_);
        bool changed = false;
        for (auto const& e : update.state) changed |= take_state_event(e, may_follow, row, writer);
        if (!update.state_is_final) {
            for (auto const& e : update.timeline) {
                if (e.state_key()) changed |= take_state_event(e, may_follow, row, writer);
            }
        }
        return writer.finish() || changed;
    }

    // What a room hears once and for all is written alone, to see whether it is new. Returns whether anything was seen to change.
    bool take_state_event(raw_event const& e, bool may_follow, room_row& row, state_writer& writer) {
        bool const is_lasting = e.is_state("m.room.encryption", "") || e.is_state("m.room.tombstone", "");
        bool const others_changed = is_lasting && writer.finish();
        writer.add(e);
        if (!is_lasting || !writer.finish()) return others_changed;
        // Once asked for, encryption stays: a later event may name another algorithm, never none.
        if (e.is_state("m.room.encryption", "")) {
            auto const algorithm = e.content_text("algorithm");
            if (!algorithm.empty()) {
                row.encryption = algorithm;
            } else if (row.encryption.empty()) {
                row.encryption = unnamed_algorithm;
            }
        }
        if (may_follow && e.is_state("m.room.tombstone", "") && !e.content_text("replacement_room").empty()) {
            row.upgrade = upgrade_step::pending;
            count_.upgrades = true;
        }
        return true;
    }

    // A homeserver that starts over shows the rooms that we are in: of the others we are not.
    void leave_others() {
        std::vector<room_id> rooms;
        rooms.reserve(batch_.rooms.size());
        for (auto const& update : batch_.rooms) rooms.push_back(update.room);
        leave_all_but(t_, how_.account, std::move(rooms));
    }

    base::transaction& t_;
    sync_batch const& batch_;
    receiving how_;
    position_row before_;
    std::int64_t number_;
    std::map<room_id, room_row> unsaved_;  // rooms of which something is to be stored
    received count_;
    std::optional<decryption> devices_;
};

}  // namespace

std::string load_position(base::transaction& t, std::int64_t account) { return load(t, account).position; }

void forget_position(base::transaction& t, std::int64_t account) {
    t.run("UPDATE account SET position = NULL, restarting = 1 WHERE id = ?1", {account});
}

received commit_batch(base::transaction& t, sync_batch const& batch, receiving how) { return intake(t, batch, std::move(how)).run(); }

}  // namespace chatrixcd::matrix::detail
