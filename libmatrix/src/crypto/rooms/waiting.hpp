// SPDX-License-Identifier: Apache-2.0
// Events that could not be read yet: kept with their place, until their key comes. Called inside store closures.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "crypto/context.hpp"

namespace chatrixcd::matrix::crypto {

struct waiting_event {
    room_id room;
    std::string id;
    user_id sender;
    std::string session;
    bool for_device = false;    // not for its key, but to know whose device it came from
    std::int64_t position = 0;  // its place in the inbox
    bool restored = false;
    std::string event;   // JSON text, as it came
    std::string reason;  // what the sender's device says of it: "m.unverified"; empty: nothing
    base::time_point since;
};

// What is known already stays as it is. Of more than a few thousand in a room the oldest are dropped.
void keep_waiting(context const& with, waiting_event const& event);
// Those of a session whose key has come, the oldest first; they wait no longer.
std::vector<waiting_event> take_waiting(context const& with, room_id const& room, std::string const& session);
// Of a user, what waits to know their devices.
std::vector<waiting_event> take_waiting_of(context const& with, user_id const& sender);
// The sending device says why it gives no key.
void note_withheld(context const& with, room_id const& room, std::string const& session, std::string const& code);
// Those that nobody was told of and that wait since before `before`, one of each session, with how many there are; they count as told.
struct overdue {
    waiting_event first;
    std::int64_t number = 0;
};
std::vector<overdue> take_overdue(context const& with, base::time_point before);
// It was redacted: it will not be read any more.
void drop_waiting(base::transaction& t, std::int64_t account, room_id const& room, std::string const& event);
std::int64_t count_waiting(context const& with);

}  // namespace chatrixcd::matrix::crypto
