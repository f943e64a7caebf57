// SPDX-License-Identifier: Apache-2.0
// What users find inappropriate, for the administrator to read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <chatrixcd/base/store.hpp>

namespace chatrixcd::homeserver {

struct report {
    std::string reporter;
    // What it is about: a room, an event in it, or a user.
    std::optional<std::string> room;
    std::optional<std::string> event;
    std::optional<std::string> user;
    // -100 (most offensive) to 0, of older clients.
    std::optional<std::int64_t> score;
    std::string reason;
    std::int64_t received_at = 0;
};

void put_report(base::transaction& db, report const& r);

}  // namespace chatrixcd::homeserver
