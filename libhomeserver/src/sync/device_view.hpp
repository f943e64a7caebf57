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
// Empty while this server keeps no keys; clients want the members all the same.
void add_key_streams(boost::json::object& body);

}  // namespace chatrixcd::homeserver
