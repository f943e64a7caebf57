// SPDX-License-Identifier: Apache-2.0
// The outbox: each message to send is a row before its first byte leaves, and its key stays known after. Called inside store closures.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/base/store.hpp>
#include <chatrixcd/matrix/ids.hpp>

namespace chatrixcd::matrix::detail {

// What to send.
class outbox_item {
public:
    outbox_item() = default;
    std::string key;
    bool made_here = false;  // the key is the library's own: it is forgotten with the event that it came from
    room_id room;
    std::string type;
    std::string content;             // JSON text; of a redaction: its reason
    std::string target;              // of an edit or a redaction: the event that it is about
    bool replaces_unsent = false;    // an edit: unsent older ones of the same target are not sent any more
    std::string transaction;
    device_id device;                // whose transaction id it is
    base::time_point now;
};

struct outbox_row {
    std::int64_t id = 0;
    std::string key;
    room_id room;
    std::string type;
    std::string content;
    std::string target;
    std::string transaction;
    std::string device;
    base::time_point created;
};

// How a key stands.
struct key_state {
    std::string key;                  // the one to wait for: of an edit that was replaced, the newer one's
    std::optional<event_id> sent;
    std::optional<error> refused;
    std::vector<std::string> replaced;  // keys of edits that this one replaced
};

// Queues it, unless its key is known. Rows in `leaving` are being sent and are not replaced.
key_state enqueue(base::transaction& t, std::int64_t account, outbox_item const& item, std::vector<std::int64_t> const& leaving);
std::vector<room_id> rooms_with_queue(base::transaction& t, std::int64_t account);
std::optional<outbox_row> first_in_queue(base::transaction& t, std::int64_t account, room_id const& room);

// The content is dropped, the key stays.
void mark_sent(base::transaction& t, outbox_row const& row, event_id const& id);
void mark_refused(base::transaction& t, outbox_row const& row, error const& why);

void forget_key(base::transaction& t, std::int64_t account, std::string const& key);
// Forgets keys made here that were settled before `before`.
void prune_made_here(base::transaction& t, std::int64_t account, base::time_point before);

}  // namespace chatrixcd::matrix::detail
