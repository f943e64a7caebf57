// SPDX-License-Identifier: Apache-2.0
// The machine's tables.
#pragma once

namespace chatrixcd::matrix::crypto {

// Pickles and events are sealed columns. Times are milliseconds since the epoch.
//
// tracked_user: known < change: the list is out of date. device, identity: what queries told and signatures proved.
// key_share.state: share_state; request: to_device.id of the request that carries the key.
inline constexpr char const* tables = R"(
CREATE TABLE own_device (
    account INTEGER PRIMARY KEY,
    device_id TEXT NOT NULL,
    curve25519 TEXT NOT NULL,
    ed25519 TEXT NOT NULL,
    pickle BLOB NOT NULL,
    published INTEGER NOT NULL,
    server_count INTEGER,
    wants_fallback INTEGER NOT NULL,
    fallback_made INTEGER NOT NULL
);
CREATE TABLE own_identity (
    account INTEGER PRIMARY KEY,
    master BLOB NOT NULL,
    self_signing BLOB NOT NULL,
    user_signing BLOB NOT NULL
);
CREATE TABLE tracked_user (
    account INTEGER NOT NULL,
    user_id TEXT NOT NULL,
    change INTEGER NOT NULL,
    known INTEGER NOT NULL,
    PRIMARY KEY (account, user_id)
);
CREATE TABLE device (
    account INTEGER NOT NULL,
    user_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    curve25519 TEXT NOT NULL,
    ed25519 TEXT NOT NULL,
    knows_megolm INTEGER NOT NULL,
    cross_signed INTEGER NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (account, user_id, device_id)
);
CREATE TABLE identity (
    account INTEGER NOT NULL,
    user_id TEXT NOT NULL,
    master TEXT NOT NULL,
    self_signing TEXT NOT NULL,
    user_signing TEXT NOT NULL,
    changed INTEGER NOT NULL,
    PRIMARY KEY (account, user_id)
);
CREATE TABLE olm_session (
    account INTEGER NOT NULL,
    their_key TEXT NOT NULL,
    session_id TEXT NOT NULL,
    pickle BLOB NOT NULL,
    used INTEGER NOT NULL,
    PRIMARY KEY (account, their_key, session_id)
);
CREATE TABLE olm_seen (
    account INTEGER NOT NULL,
    hash TEXT NOT NULL,
    seen INTEGER NOT NULL,
    PRIMARY KEY (account, hash)
);
CREATE INDEX olm_seen_by_age ON olm_seen (account, seen);
CREATE TABLE olm_unwedged (
    account INTEGER NOT NULL,
    their_key TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (account, their_key)
);
CREATE TABLE wedged (
    account INTEGER NOT NULL,
    user_id TEXT NOT NULL,
    their_key TEXT NOT NULL,
    PRIMARY KEY (account, user_id, their_key)
);
CREATE TABLE to_device (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account INTEGER NOT NULL,
    type TEXT NOT NULL,
    transaction_id TEXT NOT NULL,
    body BLOB
);
CREATE TABLE room_key (
    id INTEGER PRIMARY KEY,
    account INTEGER NOT NULL,
    room_id TEXT NOT NULL,
    session_id TEXT NOT NULL,
    sender TEXT NOT NULL,
    sender_key TEXT NOT NULL,
    sender_ed25519 TEXT NOT NULL,
    source INTEGER NOT NULL,
    first_index INTEGER NOT NULL,
    highest_index INTEGER NOT NULL,
    pickle BLOB NOT NULL,
    received INTEGER NOT NULL,
    UNIQUE (account, room_id, session_id, sender_key)
);
CREATE INDEX room_key_by_sender ON room_key (account, room_id, sender_key);
CREATE TABLE room_message (
    room_key INTEGER NOT NULL,
    message_index INTEGER NOT NULL,
    event_id TEXT NOT NULL,
    sent INTEGER NOT NULL,
    PRIMARY KEY (room_key, message_index)
) WITHOUT ROWID;
CREATE TABLE sending_key (
    account INTEGER NOT NULL,
    room_id TEXT NOT NULL,
    session_id TEXT NOT NULL,
    pickle BLOB NOT NULL,
    created INTEGER NOT NULL,
    messages INTEGER NOT NULL,
    visibility TEXT NOT NULL,
    PRIMARY KEY (account, room_id)
);
CREATE TABLE key_share (
    account INTEGER NOT NULL,
    room_id TEXT NOT NULL,
    session_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    their_key TEXT NOT NULL,
    state INTEGER NOT NULL,
    message_index INTEGER NOT NULL,
    request INTEGER NOT NULL,
    code TEXT,
    at INTEGER NOT NULL,
    PRIMARY KEY (account, room_id, session_id, user_id, their_key)
);
CREATE INDEX key_share_by_request ON key_share (account, request);
CREATE INDEX key_share_by_key ON key_share (account, their_key);
CREATE TABLE undecrypted (
    account INTEGER NOT NULL,
    room_id TEXT NOT NULL,
    event_id TEXT NOT NULL,
    session_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    restored INTEGER NOT NULL,
    event BLOB NOT NULL,
    reason TEXT,
    since INTEGER NOT NULL,
    sender TEXT NOT NULL,
    for_device INTEGER NOT NULL,
    told INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (account, room_id, event_id)
);
CREATE INDEX undecrypted_by_session ON undecrypted (account, room_id, session_id);
CREATE INDEX undecrypted_by_sender ON undecrypted (account, sender) WHERE for_device = 1;
CREATE TABLE withheld (
    account INTEGER NOT NULL,
    room_id TEXT NOT NULL,
    session_id TEXT NOT NULL,
    code TEXT NOT NULL,
    PRIMARY KEY (account, room_id, session_id)
);
)";

// Whose identity was compared by people; who withholds a key, and whether of a room that we were not in (notices from before are gone);
// and ways to what strangers store.
inline constexpr char const* verified_tables = R"(
DROP TABLE withheld;
CREATE TABLE withheld (
    account INTEGER NOT NULL,
    room_id TEXT NOT NULL,
    session_id TEXT NOT NULL,
    sender TEXT NOT NULL,
    code TEXT NOT NULL,
    elsewhere INTEGER NOT NULL,
    PRIMARY KEY (account, room_id, session_id, sender)
);
CREATE INDEX withheld_by_sender ON withheld (account, sender);
CREATE INDEX withheld_elsewhere ON withheld (account) WHERE elsewhere = 1;
CREATE INDEX undecrypted_untold ON undecrypted (account, room_id, sender, since) WHERE told = 0;
CREATE INDEX device_by_key ON device (account, curve25519);
CREATE INDEX room_key_unused ON room_key (account, id) WHERE highest_index < 0;
CREATE TABLE verified_user (
    account INTEGER NOT NULL,
    user_id TEXT NOT NULL,
    master TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (account, user_id)
);
)";

// key_backup: the account's backup of room keys at the homeserver. private_key: sealed; NULL: not held. version, public_key: to which keys
// go; NULL: none yet. room_key.in_backup: the key lies there as it is here. undecrypted.looked_up: when the key was last asked for there.
// imported_key: keys from files, each of nobody until an event of somebody asks for it.
inline constexpr char const* backup_tables = R"(
CREATE TABLE key_backup (
    account INTEGER PRIMARY KEY,
    private_key BLOB,
    version TEXT,
    public_key TEXT
);
ALTER TABLE room_key ADD COLUMN in_backup INTEGER NOT NULL DEFAULT 0;
CREATE INDEX room_key_to_back_up ON room_key (account, id) WHERE in_backup = 0;
ALTER TABLE undecrypted ADD COLUMN looked_up INTEGER;
CREATE INDEX undecrypted_to_look_up ON undecrypted (account, room_id, session_id) WHERE looked_up IS NULL;
CREATE TABLE imported_key (
    account INTEGER NOT NULL,
    room_id TEXT NOT NULL,
    session_id TEXT NOT NULL,
    sender_key TEXT NOT NULL,
    sender_ed25519 TEXT NOT NULL,
    first_index INTEGER NOT NULL,
    pickle BLOB NOT NULL,
    PRIMARY KEY (account, room_id, session_id)
);
)";

// Rooms whose members are pinned (rooms/pinned_members.hpp). pinned_member.master: the identity that they had; NULL: not known yet.
// newcomer: who waits to be accepted, as what; told: whoever listens has heard of it.
inline constexpr char const* pinned_members = R"(
CREATE TABLE pinned_room (
    account INTEGER NOT NULL,
    room_id TEXT NOT NULL,
    since INTEGER NOT NULL,
    PRIMARY KEY (account, room_id)
);
CREATE TABLE pinned_member (
    account INTEGER NOT NULL,
    room_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    master TEXT,
    PRIMARY KEY (account, room_id, user_id)
);
CREATE TABLE newcomer (
    account INTEGER NOT NULL,
    room_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    master TEXT NOT NULL,
    told INTEGER NOT NULL,
    PRIMARY KEY (account, room_id, user_id)
);
)";

// olm_session.copied: as a copy of the store had it; nothing is sent with it any more (crypto/copied.hpp).
inline constexpr char const* copied_sessions = R"(
ALTER TABLE olm_session ADD COLUMN copied INTEGER NOT NULL DEFAULT 0;
)";

// key_request: what this device asked the account's others for, and for the sake of whose messages. key_question: what they asked it for.
inline constexpr char const* key_requests = R"(
CREATE TABLE key_request (
    account INTEGER NOT NULL,
    room_id TEXT NOT NULL,
    session_id TEXT NOT NULL,
    sender TEXT NOT NULL,
    request_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (account, room_id, session_id, sender)
);
CREATE INDEX key_request_by_sender ON key_request (account, sender, at);
CREATE TABLE key_question (
    account INTEGER NOT NULL,
    device_id TEXT NOT NULL,
    room_id TEXT NOT NULL,
    session_id TEXT NOT NULL,
    request_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    answered INTEGER NOT NULL,
    PRIMARY KEY (account, device_id, room_id, session_id)
);
CREATE INDEX key_question_open ON key_question (account) WHERE answered = 0;
)";

// Keys by which users are known from elsewhere. master: the identity that such a key stands for now; empty: none.
inline constexpr char const* trusted_key_tables = R"(
CREATE TABLE trusted_key (
    account INTEGER NOT NULL,
    user_id TEXT NOT NULL,
    key TEXT NOT NULL,
    master TEXT NOT NULL,
    PRIMARY KEY (account, user_id, key)
);
)";

// room_key.messages_of: under which number the messages that a key has read are noted (room_message.room_key). Rows that are one ratchet
// share it: what one of them has read is read.
inline constexpr char const* shared_messages = R"(
ALTER TABLE room_key ADD COLUMN messages_of INTEGER NOT NULL DEFAULT 0;
UPDATE room_key SET messages_of = id;
CREATE INDEX room_key_messages ON room_key (messages_of);
)";

// device.told_no_olm: it was told that no session can be begun with it, and none was since.
inline constexpr char const* unreachable_devices = R"(
ALTER TABLE device ADD COLUMN told_no_olm INTEGER NOT NULL DEFAULT 0;
)";

// newcomer.occasion: names what was said of it, a new one for each time that it is to be told.
inline constexpr char const* newcomer_occasions = R"(
ALTER TABLE newcomer ADD COLUMN occasion TEXT NOT NULL DEFAULT '';
UPDATE newcomer SET occasion = lower(hex(randomblob(12)));
)";

// Verifications in rooms that a restart would end (verification/open_table.hpp). request: the event that asked; since: our first word.
inline constexpr char const* open_verifications = R"(
CREATE TABLE open_verification (
    account INTEGER NOT NULL,
    request TEXT NOT NULL,
    room_id TEXT NOT NULL,
    since INTEGER NOT NULL,
    PRIMARY KEY (account, request)
);
)";

}  // namespace chatrixcd::matrix::crypto
