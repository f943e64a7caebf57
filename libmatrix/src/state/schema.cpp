// SPDX-License-Identifier: Apache-2.0
#include "state/schema.hpp"

#include "crypto/schema.hpp"
#include "crypto/sealed_columns.hpp"
#include "state/sealed_columns.hpp"

namespace chatrixcd::matrix::detail {

namespace {

// Sealed columns are BLOBs (base/sealed_column.hpp, state/sealed_columns.hpp): tokens, and what was said in rooms and not yet handled.
//
// inbox.position orders what is delivered in a room: twice the number of the sync batch for events out of its gap, one more for events of
// its timeline. A row waits while a gap of its room has a position that is not after its own.
// inbox.state: 0 waits, 1 is being handled, 2 was set aside, 3 was dropped and waits for the next start, 4 done.
// outbox.state: 0 queued, 1 sent, 2 refused, 3 replaced by a newer edit, 4 withdrawn, 5 leaving.
constexpr char const* first_tables = R"(
CREATE TABLE account (
    id INTEGER PRIMARY KEY,
    homeserver TEXT NOT NULL,
    base_url TEXT,
    user_id TEXT,
    device_id TEXT,
    access_token BLOB,
    refresh_token BLOB,
    position TEXT,
    batches INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE room (
    account INTEGER NOT NULL,
    room_id TEXT NOT NULL,
    membership TEXT NOT NULL,
    PRIMARY KEY (account, room_id)
);
CREATE TABLE room_state (
    account INTEGER NOT NULL,
    room_id TEXT NOT NULL,
    type TEXT NOT NULL,
    state_key TEXT NOT NULL,
    membership TEXT,
    event TEXT NOT NULL,
    PRIMARY KEY (account, room_id, type, state_key)
);
CREATE INDEX room_state_by_membership ON room_state (account, room_id, membership) WHERE membership IS NOT NULL;
CREATE TABLE inbox (
    id INTEGER PRIMARY KEY,
    account INTEGER NOT NULL,
    room_id TEXT NOT NULL,
    event_id TEXT NOT NULL,
    kind INTEGER NOT NULL,
    position INTEGER NOT NULL,
    event BLOB NOT NULL,
    trace TEXT NOT NULL,
    state INTEGER NOT NULL DEFAULT 0,
    tries INTEGER NOT NULL DEFAULT 0,
    reason TEXT,
    received INTEGER NOT NULL,
    UNIQUE (account, room_id, event_id)
);
CREATE INDEX inbox_by_state ON inbox (account, state, room_id, position, id);
CREATE TABLE inbox_done (
    account INTEGER NOT NULL,
    room_id TEXT NOT NULL,
    event_id TEXT NOT NULL,
    done INTEGER NOT NULL,
    PRIMARY KEY (account, room_id, event_id)
);
CREATE INDEX inbox_done_by_age ON inbox_done (account, done);
CREATE TABLE gap (
    id INTEGER PRIMARY KEY,
    account INTEGER NOT NULL,
    room_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    token TEXT NOT NULL,
    until_event TEXT,
    inside INTEGER NOT NULL,
    filled INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX gap_by_room ON gap (account, room_id, position);
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY,
    account INTEGER NOT NULL,
    key TEXT NOT NULL,
    made_here INTEGER NOT NULL,
    room_id TEXT NOT NULL,
    type TEXT NOT NULL,
    content BLOB,
    target TEXT,
    transaction_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    created INTEGER NOT NULL,
    state INTEGER NOT NULL DEFAULT 0,
    event_id TEXT,
    replaced_by TEXT,
    error_kind INTEGER,
    error_status INTEGER,
    error_code TEXT,
    error_text TEXT,
    UNIQUE (account, key)
);
CREATE INDEX outbox_by_state ON outbox (account, state, room_id, position, id);
CREATE INDEX outbox_by_age ON outbox (account, made_here, created);
)";

// outbox.parts: of a long message's first part, how many it has; the others are rows of their own (outbox/table.hpp).
// outbox.target_key: what an edit or a redaction is about, as long as that has no event id; then outbox.target is filled in.
constexpr char const* outbox_by_urgency = R"(
ALTER TABLE outbox ADD COLUMN priority INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN parts INTEGER NOT NULL DEFAULT 1;
ALTER TABLE outbox ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN target_key TEXT NOT NULL DEFAULT '';
ALTER TABLE outbox ADD COLUMN error_message TEXT;
DROP INDEX outbox_by_state;
CREATE INDEX outbox_by_urgency ON outbox (account, state, room_id, priority DESC, position, id, bytes);
CREATE INDEX outbox_by_target ON outbox (account, target_key) WHERE target_key <> '';
)";

// room.encryption is the algorithm of the first m.room.encryption and stays, whatever comes later. room.heroes is a JSON array of user ids.
// room_state.batch is the number of the sync batch that brought the event.
// room.upgrade: upgrade_step; from 3 on there is something to do.
// gap.seeking: the homeserver has forgotten our position, and gap.token leads backwards until the event gap.after_event is found.
constexpr char const* room_state_tables = R"(
ALTER TABLE account ADD COLUMN restarting INTEGER NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN token_expires INTEGER;
ALTER TABLE room ADD COLUMN members_known INTEGER NOT NULL DEFAULT 1;
ALTER TABLE room ADD COLUMN encryption TEXT;
ALTER TABLE room ADD COLUMN joined_count INTEGER;
ALTER TABLE room ADD COLUMN invited_count INTEGER;
ALTER TABLE room ADD COLUMN heroes TEXT;
ALTER TABLE room ADD COLUMN last_event TEXT;
ALTER TABLE room ADD COLUMN upgrade INTEGER NOT NULL DEFAULT 0;
ALTER TABLE room_state ADD COLUMN batch INTEGER NOT NULL DEFAULT 0;
ALTER TABLE room ADD COLUMN members_gap INTEGER NOT NULL DEFAULT 0;
CREATE INDEX room_by_upgrade ON room (account, upgrade) WHERE upgrade >= 3;
ALTER TABLE gap ADD COLUMN seeking INTEGER NOT NULL DEFAULT 0;
ALTER TABLE gap ADD COLUMN after_event TEXT;
DROP INDEX room_state_by_membership;
CREATE INDEX room_state_by_user ON room_state (account, state_key, membership) WHERE membership IS NOT NULL;
)";

// account.store_name, mark: what is kept here and at the homeserver against copies (copies/watch.hpp). account.seen: when our
// position was last stored; put_back: when this file was found to be a copy, and copied: what `seen` was then; catching_up: until the next
// sync response what arrives may have been handled before, which inbox.restored and gap.restored say of what has arrived.
constexpr char const* copies = R"(
ALTER TABLE account ADD COLUMN store_name TEXT;
ALTER TABLE account ADD COLUMN seen INTEGER NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN put_back INTEGER NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN copied INTEGER NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN catching_up INTEGER NOT NULL DEFAULT 0;
ALTER TABLE inbox ADD COLUMN restored INTEGER NOT NULL DEFAULT 0;
ALTER TABLE gap ADD COLUMN restored INTEGER NOT NULL DEFAULT 0;
CREATE TABLE mark (
    account INTEGER NOT NULL,
    name TEXT NOT NULL,
    value INTEGER NOT NULL,
    PRIMARY KEY (account, name)
);
)";

// outbox.state 5 came later. Of older files is known that the first of an urgency may have left.
constexpr char const* leaving_rows = R"(
UPDATE outbox SET state = 5 WHERE id IN (
    SELECT id FROM outbox AS o WHERE state = 0 AND NOT EXISTS (
        SELECT 1 FROM outbox AS e WHERE e.account = o.account AND e.state = 0 AND e.room_id = o.room_id AND e.priority = o.priority
        AND (e.position < o.position OR (e.position = o.position AND e.id < o.id))));
)";

// Rows that are done stay, empty, so that the same event is not taken in again.
constexpr char const* done_rows = R"(
INSERT INTO inbox (account, room_id, event_id, kind, position, event, trace, state, received)
    SELECT account, room_id, event_id, 0, 0, x'', '', 4, done FROM inbox_done WHERE true ON CONFLICT DO NOTHING;
DROP TABLE inbox_done;
)";

// A state event that replaces another one changes no index: what they hold of it stays. Of the inbox only what is open is
// in the index, which must be named by every statement that wants it: "state <> 4".
constexpr char const* lean_indexes = R"(
DROP INDEX room_state_by_user;
CREATE INDEX room_state_by_user ON room_state (state_key) WHERE type = 'm.room.member';
DROP INDEX inbox_by_state;
CREATE INDEX inbox_open ON inbox (account, state, room_id, position) WHERE state <> 4;
)";

// inbox.trust: of what was encrypted (inbox/trust_text.hpp). outbox.ciphertext: what leaves in an encrypted room, and which device made it.
constexpr char const* encrypted_rows = R"(
ALTER TABLE inbox ADD COLUMN trust TEXT;
ALTER TABLE outbox ADD COLUMN ciphertext BLOB;
ALTER TABLE outbox ADD COLUMN ciphertext_device TEXT;
)";

// account.has_generation: the file beside the store has been written (copies/generation_file.hpp).
constexpr char const* generation = R"(
ALTER TABLE account ADD COLUMN has_generation INTEGER NOT NULL DEFAULT 0;
)";

}  // namespace

std::vector<base::migration> migrations() {
    return {base::migration{"account, rooms, inbox, outbox", first_tables},
            base::migration{"outbox: urgency, parts, targets by key", outbox_by_urgency},
            base::migration{"what is known of rooms, positions that were forgotten", room_state_tables},
            base::migration{"marks against copies", copies},
            base::migration{"outbox: which rows may have left", leaving_rows},
            base::migration{"inbox: rows that are done", done_rows},
            base::migration{"indexes that change with less", lean_indexes},
            base::migration{"encryption: keys, devices, sessions", crypto::tables},
            base::migration{"what was encrypted, and what is to be", encrypted_rows},
            base::migration{"who was verified", crypto::verified_tables},
            base::migration{"the backup of room keys", crypto::backup_tables},
            base::migration{"rooms of pinned members", crypto::pinned_members},
            base::migration{"sessions of copied stores", crypto::copied_sessions},
            base::migration{"a file against copies", generation},
            base::migration{"requests for keys", crypto::key_requests},
            base::migration{"who is known by a key", crypto::trusted_key_tables},
            base::migration{"what one ratchet has read, by whomever it was given", crypto::shared_messages},
            base::migration{"devices without one-time keys", crypto::unreachable_devices},
            base::migration{"verifications in rooms that are not over", crypto::open_verifications},
            base::migration{"newcomers: what was said of each", crypto::newcomer_occasions}};
}

std::vector<base::sealed_column> sealed_columns() {
    std::vector all = {sealed_in::access_token, sealed_in::refresh_token, sealed_in::inbox_event, sealed_in::outbox_content,
                       sealed_in::outbox_ciphertext};
    all.insert(all.end(), crypto::sealed_columns.begin(), crypto::sealed_columns.end());
    return all;
}

}  // namespace chatrixcd::matrix::detail
