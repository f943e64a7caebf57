// SPDX-License-Identifier: Apache-2.0
// The opaque places that clients get and hand back. A place in the streams, "s12_3_4_5": the last event, receipt, account datum and
// typing change that were seen. A place in one room's history, "t7_12": behind the event with that depth and stream number.
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

    std::string str() const;
    static std::optional<sync_token> parse(std::string_view text);
};

std::string format_place(position const& where);
std::optional<position> parse_place(std::string_view text);

}  // namespace chatrixcd::homeserver
