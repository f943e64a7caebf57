// SPDX-License-Identifier: Apache-2.0
#include "keys/device_list.hpp"

#include <optional>
#include <vector>

#include "store/accounts.hpp"
#include "store/device_lists.hpp"
#include "store/rooms.hpp"

namespace chatrixcd::homeserver {

namespace {

void remove(step& s, std::string const& user, std::vector<std::string> const& devices) {
    bool known = false;
    for (auto const& one : devices) known = delete_device(s.db, user, one) || known;
    if (known) announce_device_list(s, user);
    // Their long polls end.
    s.wake(user);
}

std::vector<std::string> ids_of_devices(step& s, std::string const& user, std::optional<std::string> const& but) {
    std::vector<std::string> ids;
    for (auto& one : devices_of(s.db, user)) {
        if (one.id != but) ids.push_back(std::move(one.id));
    }
    return ids;
}

}  // namespace

void announce_device_list(step& s, std::string const& user) {
    put_device_list_change(s.db, user, std::nullopt);
    s.wake(user);
    for (auto const& member : memberships_of(s.db, user)) {
        if (member.membership == "join") s.wake(member.room);
    }
}

void announce_device_list_to(step& s, std::string const& reader, std::string const& user) {
    put_device_list_change(s.db, user, reader);
    s.wake(reader);
}

void announce_key_counts(step& s, std::string const& user, std::string const& device) {
    put_key_count_change(s.db, user, device);
    s.wake(user);
}

void remove_device(step& s, std::string const& user, std::string const& device) { remove(s, user, {device}); }
void remove_devices(step& s, std::string const& user) { remove(s, user, ids_of_devices(s, user, std::nullopt)); }
void remove_other_devices(step& s, std::string const& user, std::string const& but) { remove(s, user, ids_of_devices(s, user, but)); }

}  // namespace chatrixcd::homeserver
