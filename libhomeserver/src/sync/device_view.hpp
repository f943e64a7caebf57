// SPDX-License-Identifier: Apache-2.0
// What a /sync answer says beside rooms: messages to the device, presence, keys.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "events/step.hpp"
#include "sync/sync.hpp"

namespace chatrixcd::homeserver {

// The oldest hundred. Those that the device has, by its token, are gone. Where there are more, the question's `next` stops behind them.
boost::json::array take_device_messages(step& s, sync_question& question);
// Of those whom the user shares a room with; `next` as above.
boost::json::array view_presence(step& s, sync_question& question);
// What is left of the device's keys for one use; and, after the initial sync, whose device lists changed. Returns whether any of it is new.
bool add_key_streams(step& s, sync_question const& question, boost::json::object& body);

}  // namespace chatrixcd::homeserver
