// SPDX-License-Identifier: Apache-2.0
// A room seen through a client: sending to it, and what is known about it. A handle: cheap to copy, must not outlive its client, used on
// the client's executor.
//
// Sends are durable: the message is committed to the store before it leaves, sent in order of the calls, repeated with the same
// transaction id until the homeserver has answered, and resumed after a restart. They return once the homeserver has accepted the
// message. Errors: what the homeserver refuses for good (invalid, forbidden, not_found, too_large, …), and unauthorized.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/json/fwd.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <chatrixcd/matrix/event.hpp>
#include <chatrixcd/matrix/newcomer.hpp>
#include <chatrixcd/matrix/outgoing.hpp>
#include <chatrixcd/matrix/power.hpp>
#include <chatrixcd/matrix/room_info.hpp>
#include <chatrixcd/matrix/space.hpp>
#include <chatrixcd/matrix/typing.hpp>

namespace chatrixcd::matrix {

namespace detail {
class runtime;
class key_series;
class outbox_item;
class call;
}  // namespace detail

class attachment;
class history;
class moderation;
class polls;
class receipts;
class room_settings;

struct member {
    user_id user;
    std::string display_name;  // chosen by the user: shown, never used to decide; empty: none
    // What to show: the display name, with the user id behind it if another in the room has the same; the user id if there is none.
    std::string shown_name;
};

class room {
public:
    room(detail::runtime& runtime, room_id id, std::shared_ptr<detail::key_series> keys = nullptr);

    room_id const& id() const noexcept { return id_; }

    boost::asio::awaitable<result<event_id>> send(outgoing what) const;
    // Uploaded content (attachment.hpp).
    boost::asio::awaitable<result<event_id>> send_attachment(attachment what) const;
    // Replaces the content of an own message. A newer edit of the same message replaces an unsent older one, whose caller gets the newer
    // one's event id.
    boost::asio::awaitable<result<event_id>> edit(event_id target, outgoing what) const;
    // The same for a message that may have no event id yet, by the key that it was sent with. If it has not left, it is sent with the new
    // content at once; otherwise the edit follows it, after a restart as well. Errors: not_found (no such key in this room), conflict (it
    // was refused or withdrawn), invalid (the key is an edit's).
    boost::asio::awaitable<result<event_id>> edit_by_key(std::string message_key, outgoing what) const;
    // Adds a reaction (an emoji, as a rule) to an event. An empty key: from the event that is handled, or a new one.
    boost::asio::awaitable<result<event_id>> react(event_id target, std::string symbol, std::string key = {}) const;
    boost::asio::awaitable<result<event_id>> redact(event_id target, std::string reason = {}, std::string key = {}) const;
    // The same by the key that the message was sent with: it is withdrawn if it has not left, of a long one all parts. Gives nothing if no
    // part had to be redacted. Errors as edit_by_key().
    boost::asio::awaitable<result<std::optional<event_id>>> redact_by_key(std::string message_key, std::string reason = {},
                                                                          std::string key = {}) const;
    // An event of any type.
    boost::asio::awaitable<result<event_id>> send_event(std::string type, boost::json::object content, std::string key = {}) const;

    // Shows or hides "is typing"; the homeserver hides it after `span` by itself.
    boost::asio::awaitable<result<void>> typing(bool on, std::chrono::milliseconds span = std::chrono::seconds(30)) const;
    // Shows "is typing" until the guard is gone; nothing if the client does not run.
    [[nodiscard]] typing_guard show_typing() const;
    // Marks everything up to the event as read by us.
    boost::asio::awaitable<result<void>> mark_read(event_id up_to) const;
    // The same within 2 s, and of several calls in that time only for the last one's event. Best effort.
    void mark_read_soon(event_id up_to) const;

    boost::asio::awaitable<result<void>> join() const;
    // Idempotent. The reason, if any, is shown to everybody in the room.
    boost::asio::awaitable<result<void>> leave(std::string reason = {}) const;
    // Idempotent but for a second invitation event. Errors: forbidden (also for somebody who is in the room or banned).
    boost::asio::awaitable<result<void>> invite(user_id user, std::string reason = {}) const;

    // From the store, as of the last sync; nothing if there is no such state or we are not in the room.
    boost::asio::awaitable<std::optional<event>> state(std::string type, std::string key = {}) const;
    boost::asio::awaitable<result<event_id>> put_state(std::string type, std::string key, boost::json::object content) const;
    // What is known of it, from the store, as of the last sync; nothing if we are not in the room.
    boost::asio::awaitable<std::optional<room_info>> info() const;
    // Who may do what. Errors: not_found (we are not in the room), unsupported (its version is not known), protocol (what its power
    // levels say cannot be understood; then nobody may be taken to have any).
    boost::asio::awaitable<result<power>> power_levels() const;
    // All joined members, by user id, as of the last sync. A homeserver that shows members lazily is asked for the rest when that is first
    // called; from then on syncs keep the list complete. Empty if we are not in the room. Errors: as any request's.
    boost::asio::awaitable<result<std::vector<member>>> members() const;
    // "join", "invite", "leave", "ban", "knock"; empty if the user has nothing to do with the room. Asks as members() does, if it must.
    boost::asio::awaitable<result<std::string>> membership_of(user_id user) const;
    // Who gets no keys here until they are accepted (options::pinned_members()). Errors: invalid (the client has no encryption, or the
    // room's members are not pinned), and those of members().
    boost::asio::awaitable<result<std::vector<newcomer>>> newcomers() const;
    // The key of the next message goes to them, too. `identity`: what newcomers() says, so that nobody else is admitted than whom somebody
    // has looked at. Errors: not_found (no such newcomer), conflict (their identity is another one by now), and those of newcomers().
    boost::asio::awaitable<result<void>> accept_newcomer(user_id who, std::string identity) const;
    // What to call it (room_info::name); empty if we are not in the room.
    boost::asio::awaitable<std::string> name() const;
    // The rooms that a space holds, in its order, and the spaces that a room says it belongs to.
    boost::asio::awaitable<std::vector<space_child>> children() const;
    boost::asio::awaitable<std::vector<space_parent>> parents() const;

    // More by topic; each in the header of its name.
    matrix::history history() const;
    matrix::moderation moderation() const;
    matrix::polls polls() const;
    matrix::receipts receipts() const;
    matrix::room_settings settings() const;

private:
    detail::outbox_item item(std::string type, boost::json::object content, std::string key) const;
    boost::asio::awaitable<result<event_id>> queue(detail::outbox_item what) const;
    boost::asio::awaitable<result<void>> ask(detail::call request) const;

    detail::runtime* runtime_;
    room_id id_;
    std::shared_ptr<detail::key_series> keys_;
};

}  // namespace chatrixcd::matrix
