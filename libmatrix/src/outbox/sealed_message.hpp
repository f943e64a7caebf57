// SPDX-License-Identifier: Apache-2.0
// A message as it is to leave.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "outbox/table.hpp"
#include "state/services.hpp"

namespace chatrixcd::matrix::detail {

// What stands between a message and its leaving.
enum class obstacle : std::uint8_t {
    none,     // `content` may leave, as `type`
    keys,     // somebody who is to read it has no key yet
    room,     // nobody knows yet whether the room is encrypted
    refusal,  // it never will: `why`
};
struct sealed_message {
    obstacle before = obstacle::none;
    std::string type;
    std::string content;  // JSON text
    std::optional<base::error> why;
};

// Makes of a row what may leave, inside a transaction.
using seal_part = std::function<sealed_message(base::transaction&, outbox_row const&)>;

}  // namespace chatrixcd::matrix::detail
