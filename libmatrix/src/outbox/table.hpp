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

// `leaving`: the homeserver may have it. Of a room's rows one at a time, as a rule.
enum class row_state : std::int64_t { queued = 0, sent = 1, refused = 2, replaced = 3, withdrawn = 4, leaving = 5 };

// What to send.
class outbox_item {
public:
    outbox_item() = default;
    std::string key;
    bool made_here = false;  // the key is the library's own: it is forgotten with the event that it came from
    room_id room;
    std::string type;
    std::string content;           // JSON text; of a redaction: its reason
    std::string target;            // of an edit or a redaction: the event that it is about
    std::string target_key;        // the same, as the key of a message of ours, which may have no event id yet
    bool replaces_unsent = false;  // an edit: unsent older ones of the same target are not sent any more
    std::int64_t priority = 0;     // a higher one leaves first
    std::int64_t parts = 1;        // of the first part of a long message: how many there are, under part_key()
    std::string transaction;
    device_id device;  // whose transaction id it is
    base::time_point now;
};

// How much may wait in one room.
struct queue_limits {
    std::int64_t rows = 1000;
    std::int64_t bytes = 8 << 20;  // of contents
};

// What is known of a room's encryption. Of one that we have just joined, nothing.
enum class room_secrecy : std::uint8_t { unknown, clear, encrypted };

struct outbox_row {
    std::int64_t id = 0;
    std::string key;
    room_id room;
    std::string type;
    std::optional<std::string> content;  // nothing: what is stored cannot be read
    std::string target;
    std::string target_key;
    std::string transaction;
    std::string device;
    base::time_point created;
    bool orphan = false;                           // what it edits or redacts was never sent
    room_secrecy secrecy = room_secrecy::unknown;  // of the room, when the row was read
};

// How a key stands.
struct key_state {
    std::string key;  // the one to wait for: of an edit that was replaced, the newer one's
    std::optional<event_id> sent;
    std::optional<error> refused;  // or withdrawn
    bool withdrawn = false;
    std::vector<std::string> replaced;  // keys of edits that this one replaced
};

// The key of a long message's n-th part, from 1 (the message's own).
std::string part_key(std::string const& key, std::int64_t part);
// What callers of a message that was withdrawn get.
error withdrawn_error();
// From error_kind, error_status, error_code, error_text, error_message, which start at `column`.
error stored_refusal(base::row const& row, std::size_t column);

// A row as it is known by its key, without its content.
struct known_row {
    std::int64_t id = 0;
    row_state state = row_state::queued;
    room_id room;
    std::string type;
    std::string target;
    std::string target_key;
    std::int64_t priority = 0;
    std::int64_t parts = 1;
    std::optional<event_id> sent;
};
std::optional<known_row> find_row(base::transaction& t, std::int64_t account, std::string const& key);

// How the key stands, with the other parts of a long message; empty if it is unknown.
std::vector<key_state> find_keys(base::transaction& t, std::int64_t account, std::string const& key);
// Queues the parts of one message (one, as a rule), unless the key is known. Error rate_limited or too_large: too much waits in that
// room.
result<std::vector<key_state>> enqueue(base::transaction& t, std::int64_t account, std::vector<outbox_item> const& parts,
                                       queue_limits const& limits);
// Keeps a key whose row will not be sent.
void insert_settled(base::transaction& t, std::int64_t account, outbox_item const& item, row_state state, std::string const& replaced_by);
// A place behind everything that waits.
std::int64_t last_place(base::transaction& t);

// Rooms with something to send.
std::vector<room_id> find_waiting_rooms(base::transaction& t, std::int64_t account);
// The room's first row is leaving from now on; nothing if none is queued, or if another one is leaving.
std::optional<outbox_row> take_next(base::transaction& t, std::int64_t account, room_id const& room);
// As above, but what was leaving already comes first: for whoever knows that nobody sends it.
std::optional<outbox_row> take_up(base::transaction& t, std::int64_t account, room_id const& room);
// Of the keys queued in a room, those that were queued before `before` or by another device, and when the oldest was.
struct old_keys {
    std::vector<std::string> keys;
    base::time_point oldest;
};
old_keys find_old_keys(base::transaction& t, std::int64_t account, room_id const& room, base::time_point before, std::string const& device);

// The content is dropped, the key stays. What edits or redacts it learns its id.
void mark_sent(base::transaction& t, std::int64_t account, outbox_row const& row, event_id const& id);
// The content stays, as long as few enough refused ones are newer.
void mark_refused(base::transaction& t, std::int64_t account, outbox_row const& row, error const& why);
void mark_withdrawn(base::transaction& t, std::int64_t id);

void forget_key(base::transaction& t, std::int64_t account, std::string const& key);
// Forgets keys made here that were settled and are older than `before`.
void prune_made_here(base::transaction& t, std::int64_t account, base::time_point before);

}  // namespace chatrixcd::matrix::detail
