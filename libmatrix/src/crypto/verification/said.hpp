// SPDX-License-Identifier: Apache-2.0
// What others say in verifications, as it comes out of a transaction.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/matrix/ids.hpp>

namespace chatrixcd::matrix::crypto {

struct verification_said {
    user_id sender;
    std::string type;
    boost::json::object content;
    std::optional<room_id> room;  // nothing: between devices
    std::string event_id;         // in a room
    base::time_point sent;        // likewise, as the homeserver says
};

inline constexpr char const* verification_prefix = "m.key.verification.";
inline constexpr char const* verification_request = "m.key.verification.request";
inline constexpr char const* verification_start = "m.key.verification.start";

// Whether an event of a room is part of a verification: a request is a message.
inline bool is_verification(std::string_view type, std::string_view msgtype) {
    if (type == "m.room.message") return msgtype == verification_request;
    return type.starts_with(verification_prefix) && type != verification_request;
}

}  // namespace chatrixcd::matrix::crypto
