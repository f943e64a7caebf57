// SPDX-License-Identifier: Apache-2.0
// What passes by in a sync and is not kept: who types, what was read, who is online, account data, and messages to this device.
// client::on_passing() is told; what it does not get to in time, or what comes while the program is down, is gone.
#pragma once

#include <boost/json/fwd.hpp>
#include <cstdint>
#include <memory>
#include <string>

#include <chatrixcd/matrix/ids.hpp>

namespace chatrixcd::matrix {

// Immutable; copies share one and are cheap. Written by others: nothing in it is trusted.
class passing {
public:
    enum class kind : std::uint8_t { typing, receipt, presence, account_data, to_device };

    kind what() const noexcept;
    // "m.typing", "m.receipt", "m.presence", "m.direct", "m.room_key_request", …
    std::string const& type() const noexcept;
    // Of typing and receipts, and of account data that belongs to a room; otherwise empty.
    room_id const& room() const noexcept;
    // Of presence and messages to this device; otherwise empty.
    user_id const& sender() const noexcept;
    boost::json::object const& content() const noexcept;

    struct data;
    explicit passing(std::shared_ptr<data const> content);

private:
    std::shared_ptr<data const> data_;
};

}  // namespace chatrixcd::matrix
