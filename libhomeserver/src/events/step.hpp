// SPDX-License-Identifier: Apache-2.0
// What the code inside one store closure works with. All of it lives on the store's runner.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <chatrixcd/base/store.hpp>
#include <chatrixcd/protocol/ids.hpp>
#include <chatrixcd/protocol/signing.hpp>

#include "events/event_cache.hpp"
#include "limits/token_buckets.hpp"
#include "sync/sent_members.hpp"

namespace chatrixcd::homeserver {

// The server as closures see it; fixed after opening, but for what only they touch.
class domain {
public:
    domain(protocol::server_name server, protocol::signing_key signing) : name(std::move(server)), key(std::move(signing)) {}

    // Tells this store's tokens from those of others: drawn with the signing key.
    std::string tag() const { return key.key_id().substr(std::string_view("ed25519:").size()); }

    protocol::server_name const name;
    protocol::signing_key const key;
    event_cache cache;
    sent_members sent;
    rate_limits limits;
    token_buckets buckets;  // by user and class of endpoints
};

class step {
public:
    step(base::transaction& transaction, domain& of, std::int64_t now_ms) : db(transaction), server(of), now(now_ms) {}

    // The room ids and user ids whose long polls are to look again, once this is committed.
    void wake(std::string const& key) { wakes.push_back(key); }

    base::transaction& db;
    domain& server;
    std::int64_t now;  // milliseconds since 1970
    std::vector<std::string> wakes;
    // Of a user in a state group, as already found by client_format.
    std::map<std::pair<std::int64_t, std::string>, std::string> memberships;
};

}  // namespace chatrixcd::homeserver
