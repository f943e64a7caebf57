// SPDX-License-Identifier: Apache-2.0
// Each file of endpoints puts its own into the service.
#pragma once

#include "api/service.hpp"

namespace chatrixcd::homeserver {

void add_discovery(service& to);  // versions, well-known, capabilities, and what this server has nothing to say about
void add_accounts(service& to);   // login, register, logout, whoami, devices
void add_profiles(service& to);
void add_account_data(service& to);  // account data, filters, push rules
void add_rooms(service& to);         // createRoom, aliases
void add_membership(service& to);    // join, invite, leave, kick, ban, unban, forget
void add_sending(service& to);       // send, state, redact
void add_state(service& to);         // state, members
void add_reading(service& to);       // messages, context, event, relations
void add_ephemeral(service& to);     // typing, receipts, read markers
void add_sync(service& to);

}  // namespace chatrixcd::homeserver
