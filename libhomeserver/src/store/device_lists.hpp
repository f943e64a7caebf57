// SPDX-License-Identifier: Apache-2.0
// The stream of what changed about keys: whose device list is another now, and which device's keys for one use others took. And who came
// to share a room with somebody, or ceased to: that, too, makes a device list worth asking for, or not worth keeping.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <chatrixcd/base/store.hpp>

namespace chatrixcd::homeserver {

// Part of a stream: what is behind the one place, up to the other.
struct stretch {
    std::int64_t after = 0;
    std::int64_t up_to = 0;
};

// The user's devices, their keys or the cross-signing keys. `seen_by`: the one user for whom it changed.
void put_device_list_change(base::transaction& db, std::string const& user, std::optional<std::string> const& seen_by);
// Whose lists changed for this user: of those who share a room with them, and their own.
std::vector<std::string> changed_device_lists(base::transaction& db, std::string const& user, stretch const& of_keys);

// Who shares a room with this user now, and did not all the time. By the stream of events.
std::vector<std::string> users_met(base::transaction& db, std::string const& user, stretch const& of_events);
// Who may have shared one meanwhile, and shares none now.
std::vector<std::string> users_parted(base::transaction& db, std::string const& user, stretch const& of_events);

void put_key_count_change(base::transaction& db, std::string const& user, std::string const& device);
bool have_key_counts_changed(base::transaction& db, std::string const& user, std::string const& device, std::int64_t after);

}  // namespace chatrixcd::homeserver
