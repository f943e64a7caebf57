// SPDX-License-Identifier: Apache-2.0
// Filters as clients write them ("Filtering"): EventFilter, RoomEventFilter, and the Filter of /sync made of them.
#pragma once

#include <boost/json/object.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <chatrixcd/base/error.hpp>

#include "events/event_fields.hpp"

namespace chatrixcd::homeserver {

class event_filter {
public:
    // Lets everything through.
    event_filter() = default;
    // Error `invalid`, naming the member.
    static base::result<event_filter> parse(boost::json::object const& object);

    bool matches(std::string_view type, std::string_view sender) const;
    bool matches_room(std::string_view room) const;
    // As matches(), and contains_url.
    bool matches(std::string_view type, std::string_view sender, boost::json::object const& content) const;
    bool looks_at_content() const noexcept { return contains_url_.has_value(); }

    // How many events to send at most; 1 to 1000.
    std::size_t limit(std::size_t otherwise) const;
    bool lazy_load_members() const noexcept { return lazy_load_members_; }
    bool include_redundant_members() const noexcept { return include_redundant_members_; }

private:
    using names = std::optional<std::vector<std::string>>;

    names types_, not_types_, senders_, not_senders_, rooms_, not_rooms_;
    std::optional<bool> contains_url_;
    std::optional<std::size_t> limit_;
    bool lazy_load_members_ = false;
    bool include_redundant_members_ = false;
};

struct sync_filter {
    // Error `invalid`, naming the member.
    static base::result<sync_filter> parse(boost::json::object const& object);

    event_filter account_data;
    event_filter presence;
    event_filter rooms;  // only its rooms count
    event_filter timeline;
    event_filter state;
    event_filter ephemeral;
    event_filter room_account_data;
    bool include_leave = false;
    event_fields fields;
    bool as_federation = false;  // event_format
};

}  // namespace chatrixcd::homeserver
