// SPDX-License-Identifier: Apache-2.0
// A room key as backups and files have it (client-server API, "BackedUpSessionData", "ExportedSessionData"). It is not signed, and names
// no user: whoever wrote it could have made everything in it up. Pure.
#pragma once

#include <boost/json/object.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/driver/driver.hpp"
#include "crypto/rooms/room_key_table.hpp"

namespace chatrixcd::matrix::crypto {

struct exported_session {
    std::string sender_curve25519;
    std::string sender_ed25519;
    std::unique_ptr<inbound_group> group;
};

// As JSON text, from the first message on that the key reads. With `room` and session, as files have it, or without, as backups do.
base::secret write_exported(room_key_row const& key, bool with_place);
// Error `invalid`: a member is missing or malformed, or it is of another algorithm.
result<exported_session> read_exported(driver& olm, boost::json::object const& from);

}  // namespace chatrixcd::matrix::crypto
