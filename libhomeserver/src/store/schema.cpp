// SPDX-License-Identifier: Apache-2.0
#include "store/schema.hpp"

#include "store/sealed_columns.hpp"

namespace chatrixcd::homeserver {

namespace {

// Secrets and bodies are sealed columns (store/sealed_columns.hpp). Events keep the exact bytes that were hashed and signed.
constexpr auto accounts = R"sql(
CREATE TABLE server (
    name TEXT PRIMARY KEY,
    value BLOB NOT NULL
);
CREATE TABLE sequences (
    name TEXT PRIMARY KEY,
    value INTEGER NOT NULL
);
INSERT INTO sequences (name, value) VALUES ('events', 0), ('receipts', 0), ('account_data', 0), ('state_groups', 0), ('filters', 0);
CREATE TABLE users (
    user_id TEXT PRIMARY KEY,
    password BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    displayname TEXT,
    avatar_url TEXT
);
CREATE TABLE devices (
    user_id TEXT NOT NULL REFERENCES users,
    device_id TEXT NOT NULL,
    display_name TEXT,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (user_id, device_id)
);
CREATE TABLE access_tokens (
    token_hash TEXT PRIMARY KEY,
    user_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    FOREIGN KEY (user_id, device_id) REFERENCES devices
);
CREATE INDEX access_tokens_by_device ON access_tokens (user_id, device_id);
CREATE TABLE filters (
    user_id TEXT NOT NULL,
    filter_id INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (user_id, filter_id)
);
CREATE TABLE account_data (
    user_id TEXT NOT NULL,
    room_id TEXT NOT NULL,
    type TEXT NOT NULL,
    body BLOB NOT NULL,
    stream_id INTEGER NOT NULL,
    PRIMARY KEY (user_id, room_id, type)
);
CREATE INDEX account_data_by_stream ON account_data (user_id, stream_id);
)sql";

constexpr auto rooms = R"sql(
CREATE TABLE rooms (
    room_id TEXT PRIMARY KEY,
    version TEXT NOT NULL
);
CREATE TABLE room_aliases (
    alias TEXT PRIMARY KEY,
    room_id TEXT NOT NULL REFERENCES rooms,
    creator TEXT NOT NULL
);
CREATE TABLE state_groups (
    id INTEGER PRIMARY KEY,
    parent INTEGER REFERENCES state_groups,
    length INTEGER NOT NULL
);
CREATE TABLE state_group_entries (
    state_group INTEGER NOT NULL REFERENCES state_groups,
    type TEXT NOT NULL,
    state_key TEXT NOT NULL,
    event_id TEXT NOT NULL,
    PRIMARY KEY (state_group, type, state_key)
);
CREATE TABLE events (
    stream_ordering INTEGER PRIMARY KEY,
    event_id TEXT NOT NULL UNIQUE,
    room_id TEXT NOT NULL REFERENCES rooms,
    type TEXT NOT NULL,
    state_key TEXT,
    sender TEXT NOT NULL,
    depth INTEGER NOT NULL,
    origin_server_ts INTEGER NOT NULL,
    state_before INTEGER NOT NULL,
    state_after INTEGER NOT NULL,
    replaces TEXT,
    relates_to TEXT,
    rel_type TEXT,
    redacted_by TEXT,
    device_id TEXT,
    transaction_id TEXT,
    body BLOB NOT NULL
);
CREATE INDEX events_by_arrival ON events (room_id, stream_ordering);
CREATE INDEX events_by_depth ON events (room_id, depth, stream_ordering);
CREATE INDEX events_by_relation ON events (relates_to);
CREATE TABLE forward_extremities (
    room_id TEXT NOT NULL REFERENCES rooms,
    event_id TEXT NOT NULL,
    PRIMARY KEY (room_id, event_id)
);
CREATE TABLE current_state (
    room_id TEXT NOT NULL REFERENCES rooms,
    type TEXT NOT NULL,
    state_key TEXT NOT NULL,
    event_id TEXT NOT NULL,
    PRIMARY KEY (room_id, type, state_key)
);
CREATE TABLE memberships (
    user_id TEXT NOT NULL,
    room_id TEXT NOT NULL REFERENCES rooms,
    membership TEXT NOT NULL,
    event_id TEXT NOT NULL,
    stream_ordering INTEGER NOT NULL,
    joined_at INTEGER,
    left_at INTEGER,
    forgotten INTEGER NOT NULL,
    PRIMARY KEY (user_id, room_id)
);
CREATE INDEX memberships_by_room ON memberships (room_id, membership);
CREATE TABLE transactions (
    user_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    transaction_id TEXT NOT NULL,
    event_id TEXT NOT NULL,
    PRIMARY KEY (user_id, device_id, endpoint, transaction_id)
);
CREATE TABLE receipts (
    room_id TEXT NOT NULL REFERENCES rooms,
    user_id TEXT NOT NULL,
    type TEXT NOT NULL,
    thread_id TEXT NOT NULL,
    event_id TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    stream_id INTEGER NOT NULL,
    PRIMARY KEY (room_id, user_id, type, thread_id)
);
CREATE INDEX receipts_by_stream ON receipts (room_id, stream_id);
)sql";

// The rest of what a bot may ask for.
constexpr auto first_tier = R"sql(
INSERT INTO sequences (name, value) VALUES ('to_device', 0), ('presence', 0), ('reports', 0);
ALTER TABLE access_tokens ADD COLUMN expires_at INTEGER;
ALTER TABLE access_tokens ADD COLUMN supersedes TEXT;
CREATE INDEX access_tokens_by_origin ON access_tokens (supersedes);
CREATE TABLE refresh_tokens (
    token_hash TEXT PRIMARY KEY,
    user_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    access_hash TEXT NOT NULL,
    supersedes TEXT,
    FOREIGN KEY (user_id, device_id) REFERENCES devices
);
CREATE INDEX refresh_tokens_by_device ON refresh_tokens (user_id, device_id);
CREATE INDEX refresh_tokens_by_origin ON refresh_tokens (supersedes);
ALTER TABLE users ADD COLUMN deactivated INTEGER NOT NULL DEFAULT 0;
CREATE TABLE profile_fields (
    user_id TEXT NOT NULL REFERENCES users,
    name TEXT NOT NULL,
    value BLOB NOT NULL,
    PRIMARY KEY (user_id, name)
);
CREATE TABLE presence (
    user_id TEXT PRIMARY KEY REFERENCES users,
    state TEXT NOT NULL,
    status BLOB,
    last_active INTEGER NOT NULL,
    stream_id INTEGER NOT NULL
);
CREATE INDEX presence_by_stream ON presence (stream_id);
CREATE TABLE to_device (
    stream_id INTEGER PRIMARY KEY,
    user_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    sender TEXT NOT NULL,
    type TEXT NOT NULL,
    body BLOB NOT NULL
);
CREATE INDEX to_device_by_device ON to_device (user_id, device_id, stream_id);
CREATE TABLE reports (
    id INTEGER PRIMARY KEY,
    reporter TEXT NOT NULL,
    room_id TEXT,
    event_id TEXT,
    user_id TEXT,
    score INTEGER,
    reason BLOB NOT NULL,
    received_at INTEGER NOT NULL
);
CREATE TABLE media (
    media_id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users,
    created_at INTEGER NOT NULL,
    digest TEXT,
    size INTEGER NOT NULL,
    content_type TEXT,
    file_name BLOB
);
ALTER TABLE rooms ADD COLUMN is_listed INTEGER NOT NULL DEFAULT 0;
CREATE INDEX room_aliases_by_room ON room_aliases (room_id);
CREATE INDEX events_by_time ON events (room_id, origin_server_ts);
CREATE INDEX events_by_thread ON events (room_id, rel_type, relates_to) WHERE rel_type = 'm.thread';
)sql";

// What end-to-end encryption keeps at a server. Signatures of cross-signing lie apart from what they sign, for they come later and from
// others. A one-time key that was given out stays, so that it is never given out again.
constexpr auto end_to_end = R"sql(
INSERT INTO sequences (name, value) VALUES ('keys', 0), ('one_time_keys', 0);
CREATE TABLE device_keys (
    user_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (user_id, device_id),
    FOREIGN KEY (user_id, device_id) REFERENCES devices
);
CREATE TABLE one_time_keys (
    id INTEGER PRIMARY KEY,
    user_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    algorithm TEXT NOT NULL,
    key_id TEXT NOT NULL,
    body BLOB NOT NULL,
    claimed INTEGER NOT NULL DEFAULT 0,
    UNIQUE (user_id, device_id, algorithm, key_id),
    FOREIGN KEY (user_id, device_id) REFERENCES devices
);
CREATE INDEX one_time_keys_by_age ON one_time_keys (user_id, device_id, claimed, algorithm, id);
CREATE TABLE fallback_keys (
    user_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    algorithm TEXT NOT NULL,
    key_id TEXT NOT NULL,
    body BLOB NOT NULL,
    used INTEGER NOT NULL,
    PRIMARY KEY (user_id, device_id, algorithm),
    FOREIGN KEY (user_id, device_id) REFERENCES devices
);
CREATE TABLE key_count_changes (
    user_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    stream_id INTEGER NOT NULL,
    PRIMARY KEY (user_id, device_id),
    FOREIGN KEY (user_id, device_id) REFERENCES devices
);
CREATE TABLE cross_signing_keys (
    user_id TEXT NOT NULL REFERENCES users,
    usage TEXT NOT NULL,
    public_key TEXT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (user_id, usage)
);
CREATE TABLE key_signatures (
    user_id TEXT NOT NULL,
    target TEXT NOT NULL,
    signer TEXT NOT NULL,
    key_id TEXT NOT NULL,
    signature TEXT NOT NULL,
    PRIMARY KEY (user_id, target, signer, key_id)
);
CREATE INDEX key_signatures_by_key ON key_signatures (signer, key_id);
CREATE TABLE device_list_changes (
    stream_id INTEGER PRIMARY KEY,
    user_id TEXT NOT NULL,
    seen_by TEXT
);
CREATE INDEX memberships_by_arrival ON memberships (stream_ordering);
)sql";

constexpr auto key_backups = R"sql(
CREATE TABLE key_backups (
    user_id TEXT NOT NULL REFERENCES users,
    version INTEGER NOT NULL,
    algorithm TEXT NOT NULL,
    auth_data BLOB NOT NULL,
    etag INTEGER NOT NULL,
    deleted INTEGER NOT NULL,
    PRIMARY KEY (user_id, version)
);
CREATE TABLE backed_up_keys (
    user_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    room_id TEXT NOT NULL,
    session_id TEXT NOT NULL,
    first_message_index INTEGER NOT NULL,
    forwarded_count INTEGER NOT NULL,
    is_verified INTEGER NOT NULL,
    session_data BLOB NOT NULL,
    PRIMARY KEY (user_id, version, room_id, session_id),
    FOREIGN KEY (user_id, version) REFERENCES key_backups
);
)sql";

}  // namespace

std::vector<base::migration> migrations() {
    return {{"accounts", accounts},
            {"rooms", rooms},
            {"first tier", first_tier},
            {"end-to-end keys", end_to_end},
            {"key backups", key_backups}};
}

std::vector<base::sealed_column> sealed_columns() {
    return {sealed_in::server,       sealed_in::password,     sealed_in::account_data,  sealed_in::event,     sealed_in::profile,
            sealed_in::presence,     sealed_in::to_device,    sealed_in::report,        sealed_in::file_name, sealed_in::device_keys,
            sealed_in::one_time_key, sealed_in::fallback_key, sealed_in::cross_signing, sealed_in::backup,    sealed_in::backed_up};
}

}  // namespace chatrixcd::homeserver
