// SPDX-License-Identifier: Apache-2.0
// A persistent data unit: an event as servers exchange and hash it (room version specifications, "Event format"; client-server API,
// "Size limits"). Its format has been checked; its hashes, signatures and permissions have not.
#pragma once

#include <boost/json/fwd.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <chatrixcd/protocol/ids.hpp>
#include <chatrixcd/protocol/room_version.hpp>

namespace chatrixcd::protocol {

// Of the whole event, signatures included, as canonical JSON.
inline constexpr std::size_t max_event_bytes = 65536;
// Of `type`, of `state_key`, and of each id.
inline constexpr std::size_t max_event_field_bytes = 255;

// Immutable; copies share one event and are cheap.
class pdu {
public:
    // An event of ours, with `hashes` and `signatures`: bytes() is its canonical JSON.
    // Errors: unsupported (the room version is not complete), too_large (the event or a field of it), invalid (anything else that its
    // format forbids, and what is no canonical JSON).
    static result<pdu> parse(boost::json::object object, room_version const& version);
    // A received event: bytes() is exactly what is given. Errors as above.
    static result<pdu> parse_bytes(std::string bytes, room_version const& version);

    room_version const& version() const noexcept;
    std::string const& bytes() const noexcept;
    // All of it, unknown members included.
    boost::json::object const& json() const noexcept;

    // From the reference hash.
    event_id const& id() const noexcept;
    // Of a create event whose room id is its hash: that id, though the event has no such member.
    room_id const& room() const noexcept;
    std::string const& type() const noexcept;
    user_id const& sender() const noexcept;
    std::optional<std::string> const& state_key() const noexcept;
    // Whether this is a state event of that type and state key.
    bool is_state(std::string_view type, std::string_view state_key) const noexcept;
    boost::json::object const& content() const noexcept;
    // A string member of the content; empty if it is missing or something else.
    std::string_view content_string(std::string_view key) const noexcept;
    std::vector<event_id> const& prev_events() const noexcept;
    std::vector<event_id> const& auth_events() const noexcept;
    // 0 to 2^53 - 1.
    std::int64_t depth() const noexcept;
    // Milliseconds since 1970 by the clock of the sender's server: untrusted.
    std::int64_t origin_server_ts() const noexcept;
    // What an m.room.redaction redacts, from where this room version keeps it; none if it is malformed or another type.
    std::optional<event_id> const& redacts() const noexcept;

private:
    struct data;
    explicit pdu(std::shared_ptr<data const> event) noexcept;
    // bytes: as received; empty for the canonical ones.
    static result<pdu> build(boost::json::object object, std::string bytes, room_version const& version);

    std::shared_ptr<data const> data_;
};

}  // namespace chatrixcd::protocol
