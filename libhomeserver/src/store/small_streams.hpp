// SPDX-License-Identifier: Apache-2.0
// Read receipts and account data: the small streams beside the events.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <chatrixcd/base/store.hpp>

namespace chatrixcd::homeserver {

struct receipt {
    std::string room;
    std::string user;
    std::string type;
    std::string thread;  // empty: unthreaded
    std::string event_id;
    std::int64_t received_at = 0;
};

// Takes the place of the user's earlier receipt of that type and thread.
void put_receipt(base::transaction& db, receipt const& r);
// Those newer than a place in their stream that this user may know of: all but others' private ones.
std::vector<receipt> receipts_since(base::transaction& db, std::string const& room, std::int64_t after, std::string const& user);
// The rooms that this user has joined and that have such receipts.
std::vector<std::string> rooms_with_receipts(base::transaction& db, std::string const& user, std::int64_t after);

struct account_datum {
    std::string room;  // empty: global
    std::string type;
    boost::json::object content;
};

void put_account_data(base::transaction& db, std::string const& user, account_datum const& datum);
std::optional<boost::json::object> find_account_data(base::transaction& db, std::string const& user, std::string const& room,
                                                     std::string const& type);
std::vector<account_datum> account_data_since(base::transaction& db, std::string const& user, std::int64_t after);
// All that the user keeps about one room.
std::vector<account_datum> room_account_data(base::transaction& db, std::string const& user, std::string const& room);

}  // namespace chatrixcd::homeserver
