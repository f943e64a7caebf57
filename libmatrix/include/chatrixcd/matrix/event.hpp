// SPDX-License-Identifier: Apache-2.0
// An event as a client receives it (client-server API, "Room event format"). The few fields that every event has are typed; everything
// else, unknown fields included, stays in raw() and content(). What it says was written by others: nothing in it is trusted.
#pragma once

#include <boost/json/fwd.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/matrix/ids.hpp>
#include <chatrixcd/matrix/trust.hpp>

namespace chatrixcd::matrix {

namespace detail {
class event_access;
}

// "m.relates_to" with a rel_type (client-server API, "Forming relationships between events").
struct relation {
    std::string type;  // "m.replace", "m.thread", "m.annotation", …
    event_id target;
};

// Immutable; copies share one event and are cheap.
class event {
public:
    // Takes a room event or a stripped state event. Errors (protocol): type, sender or content are missing or malformed.
    static result<event> parse(boost::json::object raw);
    // As above, from JSON text.
    static result<event> parse_text(std::string_view json);

    std::string const& type() const noexcept;
    // Empty for stripped state, as it comes with an invitation.
    event_id const& id() const noexcept;
    user_id const& sender() const noexcept;
    // By the clock of the sender's server: untrusted. The epoch if it is missing or makes no sense.
    base::time_point sent() const noexcept;
    // Of state events only.
    std::optional<std::string> const& state_key() const noexcept;
    boost::json::object const& content() const noexcept;
    boost::json::object const& raw() const noexcept;

    // A string member of the content; empty if it is missing or something else.
    std::string_view content_text(std::string_view key) const noexcept;
    std::optional<relation> relates_to() const;
    std::optional<event_id> in_reply_to() const;
    // Whether its content has been taken away by a redaction.
    bool is_redacted() const noexcept;
    // Whether it is a state event of that type and state key.
    bool is_state(std::string_view event_type, std::string_view key) const noexcept;

    // How far it can be believed to be from sender(); of what was encrypted, the rest of the event is what was read.
    matrix::trust const& trust() const noexcept;

    // The event as JSON text, with everything that was in it.
    std::string to_text() const;

private:
    friend class detail::event_access;
    struct data;
    explicit event(std::shared_ptr<data const> content);
    std::shared_ptr<data const> data_;
};

// An m.room.message as its author first sent it: no edit of another message, no state, not redacted.
bool is_message(event const& e);
// As above, and of msgtype m.text with a body: what a person types.
bool is_text_message(event const& e);
// The body of a message, without the quotation that older clients put before a reply.
std::string message_text(event const& e);

}  // namespace chatrixcd::matrix
