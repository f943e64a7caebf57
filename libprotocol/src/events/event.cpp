// SPDX-License-Identifier: Apache-2.0
#include <boost/json/value.hpp>
#include <utility>

#include <chatrixcd/protocol/event.hpp>

#include "events/event_data.hpp"

namespace json = boost::json;

namespace chatrixcd::protocol {

pdu::pdu(std::shared_ptr<data const> event) noexcept : data_(std::move(event)) {}

room_version const& pdu::version() const noexcept { return data_->version; }
std::string const& pdu::bytes() const noexcept { return data_->bytes; }
json::object const& pdu::json() const noexcept { return data_->json; }
event_id const& pdu::id() const noexcept { return data_->id; }
room_id const& pdu::room() const noexcept { return data_->room; }
std::string const& pdu::type() const noexcept { return data_->type; }
user_id const& pdu::sender() const noexcept { return data_->sender; }
std::optional<std::string> const& pdu::state_key() const noexcept { return data_->state_key; }
json::object const& pdu::content() const noexcept { return *data_->content; }
std::vector<event_id> const& pdu::prev_events() const noexcept { return data_->prev_events; }
std::vector<event_id> const& pdu::auth_events() const noexcept { return data_->auth_events; }
std::int64_t pdu::depth() const noexcept { return data_->depth; }
std::int64_t pdu::origin_server_ts() const noexcept { return data_->origin_server_ts; }
std::optional<event_id> const& pdu::redacts() const noexcept { return data_->redacts; }

bool pdu::is_state(std::string_view type, std::string_view state_key) const noexcept {
    return data_->type == type && data_->state_key == state_key;
}

std::string_view pdu::content_string(std::string_view key) const noexcept {
    auto const* value = content().if_contains(key);
    return value != nullptr && value->is_string() ? std::string_view(value->get_string()) : std::string_view();
}

}  // namespace chatrixcd::protocol
