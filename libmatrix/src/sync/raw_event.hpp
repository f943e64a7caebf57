// SPDX-License-Identifier: Apache-2.0
// An event inside a parsed response, looked at where it lies. Most events of a sync are for nobody: they are checked, and never copied.
#pragma once

#include <boost/json/fwd.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <chatrixcd/matrix/event.hpp>

#include "content/message_parts.hpp"

namespace chatrixcd::matrix::detail {

class raw_event {
public:
    // Nothing if event::parse() would refuse it. The value must outlive the view.
    static std::optional<raw_event> view(boost::json::value const& from);

    std::string_view type() const noexcept { return type_; }
    // Empty if it has none. Like sender(), it is known to parse.
    std::string_view id() const noexcept { return id_; }
    std::string_view sender() const noexcept { return sender_; }
    // The room that it names; empty if it names none.
    std::string_view room() const noexcept { return room_; }
    // As event::sent().
    base::time_point sent() const noexcept;
    // How long ago that was, by the homeserver's clock alone (unsigned.age); never negative.
    std::optional<base::duration> age() const noexcept;
    std::optional<std::string_view> const& state_key() const noexcept { return state_key_; }
    boost::json::object const& content() const noexcept { return *content_; }
    boost::json::object const& object() const noexcept { return *object_; }
    bool is_state(std::string_view event_type, std::string_view key) const noexcept;
    // A string member of the content; empty if it is missing or something else.
    std::string_view content_text(std::string_view key) const noexcept;
    // A string member of unsigned.prev_content, likewise.
    std::string_view previous_text(std::string_view key) const noexcept;
    // The id of the state event whose place it took; empty if the homeserver does not say (unsigned.replaces_state, which most have but
    // the specification does not name).
    std::string_view replaces() const noexcept;

    // What says whether it is a message.
    message_parts parts() const noexcept;

    // The event; it keeps `keeper`, which owns the value.
    event to_event(std::shared_ptr<void const> keeper, trust believed = {}) const;
    // The event as JSON text.
    std::string to_text() const;
    // As above without `unsigned`, which differs from answer to answer (age), unless that says that the event was redacted.
    std::string to_lasting_text() const;

private:
    raw_event() = default;

    boost::json::object const* object_ = nullptr;
    boost::json::object const* content_ = nullptr;
    boost::json::object const* unsigned_ = nullptr;
    std::string_view type_;
    std::string_view id_;
    std::string_view sender_;
    std::string_view room_;
    std::optional<std::string_view> state_key_;
};

}  // namespace chatrixcd::matrix::detail
