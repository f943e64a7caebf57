// SPDX-License-Identifier: Apache-2.0
// A message to send, before it has become an event (client-server API, "m.room.message msgtypes"). Text that is not valid UTF-8 is
// repaired, so that what a log contains cannot make the homeserver refuse it.
//
// Length. An event has at most 65,536 bytes with everything that homeservers add (client-server API, "Size limits"); largest_content leaves
// them room for the longest ids. room::send() sends a longer message as several, see parts(). Edits are not split: one that is too long is
// refused (too_large).
#pragma once

#include <boost/json/fwd.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <chatrixcd/matrix/ids.hpp>
#include <chatrixcd/matrix/sending.hpp>

namespace chatrixcd::matrix {

// The largest content, in bytes of canonical JSON, that fits into an event of room version 3 or newer whatever the ids in it: 4 KiB are
// left for 20 previous and 10 authorising events, the longest room id, sender and type, hashes and signatures.
inline constexpr std::size_t largest_content = 60U << 10U;
// The most parts of one message.
inline constexpr std::size_t most_parts = 16;

// Not an aggregate on purpose: a braced temporary in a co_await statement is miscompiled by GCC 12.
class outgoing {
public:
    // A plain string is an m.notice: what a program says, which other bots do not answer.
    outgoing(char const* words) : outgoing(std::string(words)) {}
    outgoing(std::string words) : body_(std::move(words)) {}

    static outgoing notice(std::string words) { return outgoing(std::move(words)); }
    // An m.text: as a person speaks; it notifies.
    static outgoing text(std::string words) { return outgoing(std::move(words)).as_text(); }
    // An m.emote: "* bot waves".
    static outgoing emote(std::string words);
    // An m.location: a place as a "geo:" URI (RFC 5870), with words for clients that show no map.
    static outgoing location(std::string words, std::string geo_uri);
    // `markup` is sent as it is: only what Matrix allows (html_problem(), asserted in debug builds), and every foreign text in it escaped.
    // `plain` is for clients that show no HTML.
    static outgoing html(std::string plain, std::string markup);
    // Rendered by markdown_to_html(); the source is the plain body.
    static outgoing markdown(std::string source);

    // m.text instead of m.notice.
    outgoing as_text() &&;
    // Shown as an answer to that event.
    outgoing reply_to(event_id target) &&;
    // Belongs to the thread that starts with `root`; without reply_to() it falls back to a reply to `root`.
    outgoing in_thread(event_id root) &&;
    // Notifies that user (client-server API, "User and room mentions"). In an edit it says who is mentioned, and notifies nobody anew.
    outgoing mention(user_id user) &&;
    // As mention(), and in an edit, too, it notifies: for who was not mentioned before.
    outgoing mention_anew(user_id user) &&;
    // Notifies everybody in the room, if our power level suffices for it; in an edit nobody anew.
    outgoing mention_room() &&;
    // Leaves before, or after, what is queued in its room and not so marked.
    outgoing urgent() &&;
    outgoing bulk() &&;
    // What makes it idempotent: the same key sends once and gives the same event id, over restarts. At most 255 characters. Without
    // one, a message sent through a handler's message or room takes its key from the event that is being handled.
    outgoing key(std::string idempotency_key) &&;

    std::string const& idempotency_key() const noexcept { return key_; }
    urgency how_urgent() const noexcept { return urgency_; }
    // The content of the event, whatever its size.
    boost::json::object content() const;
    // The contents of the events that it takes if none may be larger than `most_bytes`: one if that suffices. The bodies put together give
    // the text back, byte for byte; it is cut behind a paragraph, a line or a word, or between two characters. Of HTML each part is
    // balanced: what is open at a cut is closed there and opened again; if it cannot be cut (its tags are not balanced), the parts have
    // none. Only the first part answers and mentions; all belong to the thread. Error too_large: it takes more than most_parts.
    result<std::vector<boost::json::object>> parts(std::size_t most_bytes = largest_content) const;
    // The content of an event that replaces `target` (client-server API, "Event replacements"). What clients without edits show is cut if
    // both texts together are larger than largest_content.
    boost::json::object edit_content(event_id const& target) const;

private:
    boost::json::object framed(std::string body, std::string markup) const;
    boost::json::object base_content() const;
    boost::json::object mentions() const;
    void relate(boost::json::object& content, bool answers) const;
    std::optional<std::vector<boost::json::object>> cut(std::string const& body, std::string const& markup, std::size_t most_bytes) const;

    std::string msgtype_ = "m.notice";
    std::string body_;
    std::string html_;
    std::string geo_uri_;
    std::string key_;
    std::optional<event_id> reply_to_;
    std::optional<event_id> thread_;
    std::vector<user_id> mentions_;
    std::vector<user_id> anew_;
    bool mentions_room_ = false;
    urgency urgency_ = urgency::normal;
};

}  // namespace chatrixcd::matrix
