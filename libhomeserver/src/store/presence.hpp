// SPDX-License-Identifier: Apache-2.0
// Who is there, by what they said last.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <chatrixcd/base/store.hpp>

namespace chatrixcd::homeserver {

struct presence {
    std::string user;
    std::string state;  // online, unavailable, offline
    std::optional<std::string> status;
    std::int64_t last_active = 0;  // milliseconds since 1970
};

void put_presence(base::transaction& db, presence const& now);
std::optional<presence> find_presence(base::transaction& db, std::string const& user);
// What is new since a place in the stream about this user, and about those who are in a room with them; at most `limit`, the oldest first.
struct presence_news {
    std::vector<presence> all;
    std::int64_t last = 0;  // the place of the last one; 0 if there is none
};
presence_news presence_since(base::transaction& db, std::string const& user, std::int64_t after, std::int64_t limit);
bool share_a_room(base::transaction& db, std::string const& one, std::string const& other);

}  // namespace chatrixcd::homeserver
