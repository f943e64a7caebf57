// SPDX-License-Identifier: Apache-2.0
// The opaque places that clients get and hand back. A place in the streams, "s12_3_4_5_6_7_8.Ab3dEf": the last event, receipt, account
// datum, typing change, device message, presence and change of keys that were seen, and whose streams they are. A place in one room's
// history, "t7_12": behind the event with that depth and stream number.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "store/events.hpp"

namespace chatrixcd::homeserver {

struct sync_token {
    std::int64_t events = 0;
    std::int64_t receipts = 0;
    std::int64_t account_data = 0;
    std::int64_t typing = 0;
    std::int64_t to_device = 0;
    std::int64_t presence = 0;
    std::int64_t keys = 0;

    // `store`: see domain::tag().
    std::string str(std::string_view store) const;
    // None if it is no token, or one of another store. Older forms are read too: six numbers, and four
    // without a store. What was not seen by them is told once more.
    static std::optional<sync_token> parse(std::string_view text, std::string_view store);
};

std::string format_place(position const& where);
std::optional<position> parse_place(std::string_view text);

}  // namespace chatrixcd::homeserver
