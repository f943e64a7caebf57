// SPDX-License-Identifier: Apache-2.0
// What uploads and downloads have in common.
#pragma once

#include <chrono>
#include <string>

namespace chatrixcd::homeserver {

// How long an id that was made waits for its content: what the specification recommends.
inline constexpr std::chrono::milliseconds media_id_lifetime = std::chrono::hours(24);
// What wakes who waits for the content.
inline std::string media_key(std::string const& id) { return "media/" + id; }

}  // namespace chatrixcd::homeserver
