// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/matrix/event.hpp>

#include <boost/json/object.hpp>

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/base/json_text.hpp>

#include "content/event_access.hpp"
#include "content/message_parts.hpp"
#include "content/text_member.hpp"

namespace chatrixcd::matrix {

namespace {

bool begins(std::string_view text, std::string_view with) { return text.substr(0, with.size()) == with; }

// Removes "> <@ann:example.org> …" and the empty line behind it (client-server API 1.12, "Stripping the fallback"), and nothing that only
// looks like a quotation.
std::string_view without_fallback(std::string_view body) {
    if (!begins(body, "> <") && !begins(body, "> * <")) return body;
    auto rest = body;
    while (begins(rest, "> ")) {
        auto const end = rest.find('\n');
        if (end == std::string_view::npos) return body;
        rest = rest.substr(end + 1);
    }
    if (begins(rest, "\n")) rest = rest.substr(1);
    return rest;
}

}  // namespace

struct event::data {
    boost::json::object own;             // empty if the event looks into somebody else's document,
    std::shared_ptr<void const> keeper;  // which this keeps
    boost::json::object const* raw = nullptr;
    boost::json::object const* content = nullptr;
    std::string type;
    event_id id;
    user_id sender;
    base::time_point sent;
    std::optional<std::string> state_key;
    matrix::trust trust;
};

event::event(std::shared_ptr<data const> content) : data_(std::move(content)) {}

result<event> event::parse(boost::json::object raw) { return detail::event_access::parse(std::move(raw), matrix::trust()); }

result<event> detail::event_access::parse(boost::json::object raw, trust believed) {
    auto made = std::make_shared<event::data>();
    made->trust = std::move(believed);
    std::string sender;
    std::optional<std::string> id;
    base::json_reader reader(raw, "event");
    reader.required("type", made->type).required("sender", sender).optional("event_id", id).optional("state_key", made->state_key);
    if (auto const read = reader.finish(); !read) return read.error();
    if (base::find_object(raw, "content") == nullptr) return error(error_kind::protocol, "event: content is missing");
    auto user = user_id::parse(std::move(sender));
    if (!user) return error(error_kind::protocol, "event: sender is no user id");
    made->sender = std::move(*user);
    if (id) {
        auto parsed = event_id::parse(std::move(*id));
        if (!parsed) return error(error_kind::protocol, "event: event_id is no event id");
        made->id = std::move(*parsed);
    }
    made->sent = detail::event_access::time_of(raw);
    made->own = std::move(raw);
    made->raw = &made->own;
    made->content = base::find_object(made->own, "content");
    return event(std::move(made));
}

// A foreign clock may be nonsense; that alone is no reason to lose an event, nor may it overflow whoever reckons with it.
base::time_point detail::event_access::time_of(boost::json::object const& raw) noexcept {
    constexpr std::int64_t latest = (std::int64_t{1} << 53) - 1;  // the largest integer of canonical JSON
    auto const ts = base::find_integer(raw, "origin_server_ts");
    return base::time_point(std::chrono::milliseconds(ts && *ts >= 0 && *ts <= latest ? *ts : 0));
}

event detail::event_access::borrow(checked const& from, std::shared_ptr<void const> keeper, trust believed) {
    auto made = std::make_shared<event::data>();
    made->trust = std::move(believed);
    made->keeper = std::move(keeper);
    made->raw = from.raw;
    made->content = from.content;
    made->type = from.type;
    if (!from.id.empty()) made->id = event_id(std::string(from.id));
    made->sender = user_id(std::string(from.sender));
    made->sent = from.sent;
    if (from.state_key) made->state_key.emplace(*from.state_key);
    return event(std::move(made));
}

result<event> event::parse_text(std::string_view json) { return detail::event_access::parse_text(json, matrix::trust()); }

result<event> detail::event_access::parse_text(std::string_view json, trust believed) {
    auto parsed = base::parse_json_object(json);
    if (!parsed) return parsed.error();
    return parse(std::move(*parsed), std::move(believed));
}

std::string const& event::type() const noexcept { return data_->type; }
event_id const& event::id() const noexcept { return data_->id; }
user_id const& event::sender() const noexcept { return data_->sender; }
base::time_point event::sent() const noexcept { return data_->sent; }
std::optional<std::string> const& event::state_key() const noexcept { return data_->state_key; }
boost::json::object const& event::content() const noexcept { return *data_->content; }
boost::json::object const& event::raw() const noexcept { return *data_->raw; }
matrix::trust const& event::trust() const noexcept { return data_->trust; }

std::string_view event::content_text(std::string_view key) const noexcept { return detail::text_member(content(), key); }

std::optional<relation> event::relates_to() const {
    auto const* found = base::find_object(content(), "m.relates_to");
    if (found == nullptr) return std::nullopt;
    auto type = base::find_string(*found, "rel_type");
    auto target = event_id::parse(base::find_string(*found, "event_id").value_or(std::string()));
    if (!type || !target) return std::nullopt;
    return relation{std::move(*type), std::move(*target)};
}

std::optional<event_id> event::in_reply_to() const {
    auto const* relates = base::find_object(content(), "m.relates_to");
    auto const* reply = relates == nullptr ? nullptr : base::find_object(*relates, "m.in_reply_to");
    if (reply == nullptr) return std::nullopt;
    auto target = event_id::parse(base::find_string(*reply, "event_id").value_or(std::string()));
    if (!target) return std::nullopt;
    return std::move(*target);
}

bool event::is_redacted() const noexcept {
    auto const* extra = base::find_object(*data_->raw, "unsigned");
    return extra != nullptr && extra->if_contains("redacted_because") != nullptr;
}

bool event::is_state(std::string_view event_type, std::string_view key) const noexcept {
    return data_->type == event_type && data_->state_key && *data_->state_key == key;
}

std::string event::to_text() const {
    std::string text;
    base::append_json(text, *data_->raw);
    return text;
}

namespace {

detail::message_parts parts_of(event const& e) {
    return {e.type(), e.state_key().has_value(), e.content(), base::find_object(e.raw(), "unsigned")};
}

}  // namespace

bool is_message(event const& e) { return detail::is_message(parts_of(e)); }
bool is_text_message(event const& e) { return detail::is_text_message(parts_of(e)); }

std::string message_text(event const& e) {
    auto const body = e.content_text("body");
    return std::string(e.in_reply_to() ? without_fallback(body) : body);
}

}  // namespace chatrixcd::matrix
