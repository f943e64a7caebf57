// SPDX-License-Identifier: Apache-2.0
// Which events are worth somebody's attention, by the rules that the account has (client-server API, "Push Rules"). push_ruleset is a
// pure value that decides here, without asking anybody; push_rules reads and changes what the homeserver has.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/json/fwd.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include <chatrixcd/matrix/event.hpp>
#include <chatrixcd/matrix/raw_json.hpp>

namespace chatrixcd::matrix {

namespace detail {
class runtime;
}

// In the order in which they are asked.
enum class push_kind : std::uint8_t { override_rule, content, room, sender, underride };
// "override", "content", …
std::string_view to_string(push_kind k) noexcept;

// What the first matching rule wants. Nothing, if none matches.
struct push_verdict {
    bool notify = false;
    bool highlight = false;
    std::string sound;    // "default", "ring"; empty: none
    std::string rule_id;  // empty: no rule matched
    push_kind kind = push_kind::underride;
};

// What a verdict depends on beside the event. Not an aggregate on purpose: a braced temporary in a co_await statement is miscompiled by
// GCC 12.
class push_context {
public:
    push_context(user_id user, room_id room) : user_(std::move(user)), room_(std::move(room)) {}
    // How many have joined the room; 0 by default.
    push_context members(std::size_t joined) &&;
    // Our name in the room, for rules from before v1.17; without it they do not match.
    push_context display_name(std::string name) &&;
    // Whether a sender's power is enough to notify the whole room ("room" is the key of @room); nobody's by default. protocol::power_levels
    // has level_of() and notification().
    push_context may_notify(std::function<bool(user_id const& sender, std::string const& key)> allowed) &&;

    user_id const& user() const noexcept { return user_; }
    room_id const& room() const noexcept { return room_; }
    std::size_t members() const noexcept { return members_; }
    std::string const& display_name() const noexcept { return display_name_; }
    bool may_notify(user_id const& sender, std::string const& key) const { return allowed_ && allowed_(sender, key); }

private:
    user_id user_;
    room_id room_;
    std::size_t members_ = 0;
    std::string display_name_;
    std::function<bool(user_id const&, std::string const&)> allowed_;
};

// Immutable; copies share the rules and are cheap.
class push_ruleset {
public:
    // No rules: nothing ever notifies.
    push_ruleset();
    // Takes {"global": {…}}, as GET /pushrules and the account data m.push_rules have it. Never fails: a rule or condition of a shape that
    // is not known never matches, as the specification asks. At most 10,000 rules of 50 conditions are kept.
    static push_ruleset parse(boost::json::object const& said);

    // The event decrypted. Own events never notify. Its time is at most proportional to the event's length times that of a pattern, which
    // is cut off at 1,000 characters (a longer one never matches).
    push_verdict evaluate(event const& e, push_context const& about) const;
    std::size_t size() const noexcept;

private:
    struct rules;
    std::shared_ptr<rules const> rules_;
};

// A handle: cheap to copy, must not outlive its client, used on the client's executor. Changes are idempotent. Errors: not_found (no such
// rule), invalid, unsupported.
class push_rules {
public:
    explicit push_rules(detail::runtime& of) : runtime_(&of) {}

    boost::asio::awaitable<result<push_ruleset>> get() const;
    boost::asio::awaitable<result<void>> enable(push_kind kind, std::string rule_id, bool on) const;
    // Makes or replaces a rule of ours: "actions", and "conditions" or "pattern" (client-server API, PUT /pushrules).
    boost::asio::awaitable<result<void>> put(push_kind kind, std::string rule_id, boost::json::object rule) const;
    // The "actions" of a rule, a predefined one included.
    boost::asio::awaitable<result<void>> set_actions(push_kind kind, std::string rule_id, boost::json::array actions) const;
    boost::asio::awaitable<result<void>> remove(push_kind kind, std::string rule_id) const;

private:
    detail::runtime* runtime_;
};

}  // namespace chatrixcd::matrix
