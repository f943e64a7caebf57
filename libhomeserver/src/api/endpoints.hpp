// SPDX-License-Identifier: Apache-2.0
// Each file of endpoints puts its own into the service.
#pragma once

#include "api/service.hpp"

namespace chatrixcd::homeserver {

void add_discovery(service& to);  // versions, well-known, capabilities, and what this server has nothing to say about
void add_login(service& to);      // login, register, refresh, logout, whoami
void add_account(service& to);    // password, deactivate
void add_devices(service& to);
void add_profiles(service& to);
void add_presence(service& to);
void add_account_data(service& to);  // account data, filters
void add_tags(service& to);
void add_push_rules(service& to);
void add_rooms(service& to);       // createRoom, upgrade
void add_directory(service& to);   // aliases, public rooms
void add_spaces(service& to);      // hierarchy, summary
void add_membership(service& to);  // join, knock, invite, leave, kick, ban, unban, forget
void add_sending(service& to);     // send, state, redact
void add_state(service& to);       // state, members
void add_reading(service& to);     // messages, context, event, relations
void add_finding(service& to);     // threads, timestamp_to_event
void add_search(service& to);
void add_user_directory(service& to);
void add_reports(service& to);
void add_ephemeral(service& to);  // typing, receipts, read markers
void add_to_device(service& to);
void add_keys_upload(service& to);
void add_keys_query(service& to);
void add_keys_claim(service& to);
void add_keys_changes(service& to);
void add_cross_signing(service& to);   // keys/device_signing/upload
void add_key_signatures(service& to);  // keys/signatures/upload
void add_key_backup(service& to);      // room_keys/version
void add_room_keys(service& to);       // room_keys/keys
void add_media_upload(service& to);
void add_media_download(service& to);
void add_sync(service& to);

}  // namespace chatrixcd::homeserver
