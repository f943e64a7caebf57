// SPDX-License-Identifier: Apache-2.0
#include "outbox/amend.hpp"

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <chatrixcd/base/json_reader.hpp>

#include "outbox/lookup.hpp"
#include "state/sealed_columns.hpp"

namespace chatrixcd::matrix::detail {

namespace {

bool is_waiting(known_row const& row) { return row.state == row_state::queued || row.state == row_state::leaving; }

result<known_row> find_message(base::transaction& t, std::int64_t account, outbox_item const& about) {
    auto found = find_row(t, account, about.target_key);
    if (!found || found->room != about.room) return error(error_kind::not_found, "no message was sent to this room with that key");
    if (found->type == "m.room.redaction") return error(error_kind::invalid, "that key is a redaction's, not a message's");
    return std::move(*found);
}

// The content of what is queued, with the edit's new content in place of the old one: relations and key stay.
std::optional<std::string> folded(base::transaction& t, known_row const& message, outbox_item const& edit) {
    auto const stored = t.first("SELECT content FROM outbox WHERE id = ?1", {message.id});
    auto const text = t.unseal(sealed_in::outbox_content, stored->bytes(0));
    if (!text) return std::nullopt;
    auto const old = base::parse_json_object(*text);
    auto const whole = base::parse_json_object(edit.content);
    auto const* fresh = whole ? base::find_object(*whole, "m.new_content") : nullptr;
    if (!old || fresh == nullptr) return std::nullopt;
    auto content = *fresh;
    content[key_member] = edit.target_key;
    if (auto const* relates = base::find_object(*old, "m.relates_to")) content["m.relates_to"] = *relates;
    return boost::json::serialize(content);
}

}  // namespace

result<std::vector<key_state>> enqueue_edit(base::transaction& t, std::int64_t account, outbox_item edit, queue_limits const& limits) {
    auto known = find_keys(t, account, edit.key);
    if (!known.empty()) return known;
    auto const message = find_message(t, account, edit);
    if (!message) return message.error();
    if (!message->target.empty() || !message->target_key.empty()) {
        return error(error_kind::invalid, "that key is an edit's").with_hint("Edit the message that it edits");
    }
    if (message->sent) {
        edit.target = message->sent->str();
    } else if (!is_waiting(*message)) {
        return error(error_kind::conflict, "the message to edit was never sent");
    } else {
        edit.priority = std::min(edit.priority, message->priority);
        if (message->parts == 1 && message->state == row_state::queued) {
            if (auto const content = folded(t, *message, edit)) {
                t.run("UPDATE outbox SET content = ?2, bytes = ?3 WHERE id = ?1",
                      {message->id, t.seal(sealed_in::outbox_content, *content), static_cast<std::int64_t>(content->size())});
                insert_settled(t, account, edit, row_state::replaced, edit.target_key);
                return find_keys(t, account, edit.key);
            }
        }
    }
    return enqueue(t, account, {edit}, limits);
}

result<redaction_state> enqueue_redaction(base::transaction& t, std::int64_t account, outbox_item redaction, queue_limits const& limits) {
    redaction_state made;
    auto known = find_keys(t, account, redaction.key);
    if (!known.empty()) {
        if (!known.front().withdrawn) made.states = std::move(known);
        return made;
    }
    auto const message = find_message(t, account, redaction);
    if (!message) return message.error();
    if (message->state == row_state::replaced && !message->sent) {
        return error(error_kind::conflict, "that key is of an edit which a newer one has replaced, or which is part of its message");
    }
    auto const key = redaction.key;
    auto const message_key = redaction.target_key;
    std::vector<outbox_item> leave;
    for (std::int64_t part = 1; part <= message->parts; ++part) {
        auto const row = find_row(t, account, part_key(message_key, part));
        if (!row || (!is_waiting(*row) && !row->sent)) continue;
        if (row->state == row_state::queued) {
            mark_withdrawn(t, row->id);
            made.withdrawn.push_back(part_key(message_key, part));
            continue;
        }
        auto& item = leave.emplace_back(redaction);
        item.key = part_key(key, static_cast<std::int64_t>(leave.size()));
        item.transaction += "." + std::to_string(leave.size());
        item.target_key = part_key(message_key, part);
        if (row->sent) item.target = row->sent->str();
        item.priority = row->sent ? redaction.priority : std::min(redaction.priority, row->priority);
    }
    if (leave.empty()) {
        insert_settled(t, account, redaction, row_state::withdrawn, message_key);
        return made;
    }
    leave.front().parts = static_cast<std::int64_t>(leave.size());
    auto queued = enqueue(t, account, leave, limits);
    if (!queued) return queued.error();
    made.states = std::move(*queued);
    return made;
}

withdrawal withdraw(base::transaction& t, std::int64_t account, std::string const& key) {
    withdrawal done;
    auto const first = find_row(t, account, key);
    if (!first) return done;
    done.found = cancellation::settled;
    bool leaving = false;
    for (std::int64_t part = 1; part <= first->parts; ++part) {
        auto const row = find_row(t, account, part_key(key, part));
        if (!row || !is_waiting(*row)) continue;
        if (row->state == row_state::leaving) {
            leaving = true;
            continue;
        }
        mark_withdrawn(t, row->id);
        done.withdrawn.push_back(part_key(key, part));
    }
    if (leaving || (first->parts > 1 && !done.withdrawn.empty() && done.withdrawn.front() != key)) {
        done.found = cancellation::leaving;
    } else if (!done.withdrawn.empty()) {
        done.found = cancellation::withdrawn;
    }
    return done;
}

std::vector<dead_letter> find_dead_letters(base::transaction& t, std::int64_t account, std::int64_t most) {
    std::vector<dead_letter> found;
    auto const rows = t.query(
        "SELECT key, room_id, type, content, created, error_kind, error_status, error_code, error_text, error_message FROM outbox"
        " WHERE account = ?1 AND state = 2 ORDER BY id DESC LIMIT ?2",
        {account, most});
    for (auto const& row : rows) {
        dead_letter letter;
        letter.key = row.text(0);
        letter.room = room_id(row.text(1));
        letter.type = row.text(2);
        if (!row.is_null(3)) {
            if (auto content = t.unseal(sealed_in::outbox_content, row.bytes(3))) letter.content = std::move(*content);
        }
        letter.queued = base::time_point(std::chrono::milliseconds(row.integer(4)));
        letter.why = stored_refusal(row, 5);
        found.push_back(std::move(letter));
    }
    return found;
}

result<std::vector<key_state>> requeue(base::transaction& t, std::int64_t account, outbox_item const& item) {
    auto const first = find_row(t, account, item.key);
    if (!first) return error(error_kind::not_found, "no message is known by that key");
    for (std::int64_t part = 1; part <= first->parts; ++part) {
        auto const refused = t.first("SELECT id, content, error_kind FROM outbox WHERE account = ?1 AND key = ?2 AND state = 2",
                                     {account, part_key(item.key, part)});
        if (!refused) continue;
        if (refused->is_null(1)) return error(error_kind::not_found, "the content of that message is not kept any more");
        auto const id = refused->integer(0);
        // Where we failed ourselves: then the transaction stays, so that it appears once.
        bool const may_have_left = static_cast<error_kind>(refused->integer(2)) == error_kind::internal;
        t.run(
            "UPDATE outbox SET state = ?3, position = ?2, error_kind = NULL, error_status = NULL, error_code = NULL, error_text = NULL,"
            " error_message = NULL WHERE id = ?1",
            {id, last_place(t), static_cast<std::int64_t>(may_have_left ? row_state::leaving : row_state::queued)});
        if (may_have_left) continue;
        t.run("UPDATE outbox SET transaction_id = ?2, device_id = ?3, created = ?4 WHERE id = ?1",
              {id, item.transaction + "." + std::to_string(part), item.device.str(), std::int64_t{item.now.time_since_epoch().count()}});
    }
    return find_keys(t, account, item.key);
}

}  // namespace chatrixcd::matrix::detail
