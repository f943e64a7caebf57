// SPDX-License-Identifier: Apache-2.0
// Changes of a user's device list: kept in their stream, and announced to who looks at it.
#pragma once

#include <string>

#include "events/step.hpp"

namespace chatrixcd::homeserver {

// To the user and everybody who shares a room with them.
void announce_device_list(step& s, std::string const& user);
// That one user looks at another's keys otherwise now, to that one alone.
void announce_device_list_to(step& s, std::string const& reader, std::string const& user);
// That there are fewer keys for one use, to the device alone.
void announce_key_counts(step& s, std::string const& user, std::string const& device);

// Logs out and forgets one device, or all, or all but one, with their keys.
void remove_device(step& s, std::string const& user, std::string const& device);
void remove_devices(step& s, std::string const& user);
void remove_other_devices(step& s, std::string const& user, std::string const& but);

}  // namespace chatrixcd::homeserver
