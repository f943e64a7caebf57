// SPDX-License-Identifier: Apache-2.0
// Transaction ids: a request that a device repeats is carried out once. Kept for as long as the events are.
#pragma once

#include <optional>
#include <string>

#include <chatrixcd/base/store.hpp>

namespace chatrixcd::homeserver {

// "Transaction identifiers": scoped to the device and the endpoint, which is the whole path up to the id.
struct transaction_key {
    std::string user;
    std::string device;
    std::string endpoint;
    std::string id;
};

// The event that the first request made.
std::optional<std::string> find_transaction(base::transaction& db, transaction_key const& key);
void put_transaction(base::transaction& db, transaction_key const& key, std::string const& event_id);

}  // namespace chatrixcd::homeserver
