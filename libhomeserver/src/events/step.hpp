// SPDX-License-Identifier: Apache-2.0
// What the code inside one store closure works with. All of it lives on the store's runner.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <chatrixcd/base/store.hpp>
#include <chatrixcd/protocol/ids.hpp>
#include <chatrixcd/protocol/signing.hpp>

#include "events/event_cache.hpp"

namespace chatrixcd::homeserver {

// The server as closures see it; fixed after opening, but for the cache, which only they touch.
class domain {
public:
    domain(protocol::server_name server, protocol::signing_key signing) : name(std::move(server)), key(std::move(signing)) {}

    protocol::server_name const name;
    protocol::signing_key const key;
    event_cache cache;
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
};

}  // namespace chatrixcd::homeserver
