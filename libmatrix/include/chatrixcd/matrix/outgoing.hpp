// SPDX-License-Identifier: Apache-2.0
// A message to send, before it has become an event (client-server API, "m.room.message msgtypes"). Text that is not valid UTF-8 is
// repaired, so that what a log contains cannot make the homeserver refuse it.
#pragma once

#include <boost/json/fwd.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <chatrixcd/matrix/ids.hpp>

namespace chatrixcd::matrix {

// Not an aggregate on purpose: a braced temporary in a co_await statement is miscompiled by GCC 12.
class outgoing {
public:
    // A plain string is an m.notice: what a program says, which other bots do not answer.
    outgoing(char const* words) : outgoing(std::string(words)) {}
    outgoing(std::string words) : body_(std::move(words)) {}

    static outgoing notice(std::string words) { return outgoing(std::move(words)); }
    // An m.text: as a person speaks; it notifies.
    static outgoing text(std::string words) { return outgoing(std::move(words)).as_text(); }
    // `html` is sent as it is: only what Matrix allows, and every foreign text in it escaped. `plain` is for clients that show no HTML.
    static outgoing html(std::string plain, std::string markup);
    // Rendered by markdown_to_html(); the source is the plain body.
    static outgoing markdown(std::string source);

    // m.text instead of m.notice.
    outgoing as_text() &&;
    // Shown as an answer to that event.
    outgoing reply_to(event_id target) &&;
    // Belongs to the thread that starts with `root`; without reply_to() it falls back to a reply to `root`.
    outgoing in_thread(event_id root) &&;
    // Notifies that user (client-server API, "User and room mentions").
    outgoing mention(user_id user) &&;
    // What makes it idempotent: the same key sends once and gives the same event id, over restarts. At most 255 characters. Without
    // one, a message sent through a handler's message or room takes its key from the event that is being handled.
    outgoing key(std::string idempotency_key) &&;

    std::string const& idempotency_key() const noexcept { return key_; }
    // The content of the event.
    boost::json::object content() const;
    // The content of an event that replaces `target` (client-server API, "Event replacements").
    boost::json::object edit_content(event_id const& target) const;

private:
    boost::json::object base_content() const;

    std::string msgtype_ = "m.notice";
    std::string body_;
    std::string html_;
    std::string key_;
    std::optional<event_id> reply_to_;
    std::optional<event_id> thread_;
    std::vector<user_id> mentions_;
};

}  // namespace chatrixcd::matrix
