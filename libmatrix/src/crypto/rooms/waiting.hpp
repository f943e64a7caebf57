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
    std::int64_t position = 0;  // its place in the inbox, which it shares with what came in the same answer
    std::int64_t order = 0;     // in which those that wait were stored; set when it is found
    bool restored = false;
    std::string event;   // JSON text, as it came
    std::string reason;  // what the sender's device says of it: "m.unverified"; empty: nothing
};

// What waits already keeps its place and its age. Of more than a few thousand in a room the oldest of whoever has most are dropped.
void keep_waiting(context const& with, waiting_event const& event);
// Those of a session, the oldest first. They wait on until they are dropped.
std::vector<waiting_event> waiting_for_key(context const& with, room_id const& room, std::string const& session);
// Of a user, what waits to know their devices.
std::vector<waiting_event> waiting_of_user(context const& with, user_id const& sender);
// Who waits for the key of a session.
std::vector<user_id> senders_waiting(context const& with, room_id const& room, std::string const& session);
// A device of that user says why it gives no key; worth something for their own messages alone.
void note_withheld(context const& with, room_id const& room, std::string const& session, user_id const& sender, std::string const& code);
// Those of one sender in one room that have waited since before a time.
struct overdue {
    waiting_event first;
    std::int64_t number = 0;
};
std::vector<overdue> find_overdue(context const& with, base::time_point before);
// They are not waited for any more; returns their ids, by which they are to be known if they are shown again: a key that comes later reads
// nothing of them. Or, if nobody is to hear of it, they go on waiting, and are not found again.
std::vector<std::string> give_up(context const& with, overdue const& what, base::time_point before);
void leave_waiting(context const& with, overdue const& what);
// It was read, or redacted: it will not be read any more.
void drop_waiting(base::transaction& t, std::int64_t account, room_id const& room, std::string const& event);
std::int64_t count_waiting(context const& with);

}  // namespace chatrixcd::matrix::crypto
