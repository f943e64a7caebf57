// SPDX-License-Identifier: Apache-2.0
// Which key backup a request is about.
#pragma once

#include <string>

#include "api/call.hpp"
#include "events/step.hpp"
#include "store/key_backup.hpp"

namespace chatrixcd::homeserver {

// The number of a version; none if it is no number, and so no version either.
std::optional<std::int64_t> parse_backup_version(std::string const& text);
// The caller's backup of that version. Error: not_found.
base::result<key_backup> find_backup(step& s, call const& c, std::string const& version);

}  // namespace chatrixcd::homeserver
