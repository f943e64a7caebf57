// SPDX-License-Identifier: Apache-2.0
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cassert>

#include <chatrixcd/protocol/event_types.hpp>

#include "auth/rules.hpp"

namespace chatrixcd::protocol {

namespace {

bool is_unfederated(pdu const& create) {
    auto const* federate = create.content().if_contains("m.federate");
    return federate != nullptr && federate->is_bool() && !federate->get_bool();
}

}  // namespace

void auth_state::put(pdu event) {
    assert(event.state_key().has_value());
    auto slot = std::pair(event.type(), event.state_key().value_or(std::string()));
    events_.insert_or_assign(std::move(slot), std::move(event));
}

pdu const* auth_state::find(std::string_view type, std::string_view state_key) const {
    auto const found = events_.find(std::pair(std::string(type), std::string(state_key)));
    return found != events_.end() ? &found->second : nullptr;
}

result<void> authorize(pdu const& event, auth_state const& state, signature_check const& signed_by) {
    if (event.type() == event_types::create) return authorize_create(event);
    auto const made = make_auth_context(event, state, signed_by);
    if (!made) return made.error();
    auto const& context = *made;
    if (is_unfederated(context.create) && event.sender().server() != context.create.sender().server())
        return context.reject("the room is not federated, and the sender is of another server");
    if (event.type() == event_types::member) return authorize_member(context);
    if (context.sender_membership() != "join") return context.reject("the sender is not in the room");
    if (event.type() == event_types::third_party_invite) {
        if (context.sender_level < context.levels.invite()) return context.reject("the sender may not invite");
        return {};
    }
    if (context.sender_level < context.levels.required_for(event.type(), event.state_key().has_value()))
        return context.reject("the sender's power level is too low for this type of event");
    if (event.state_key() && event.state_key()->starts_with('@') && *event.state_key() != event.sender().str())
        return context.reject("the state key is another user's id");
    if (event.type() == event_types::power_levels) return authorize_power_levels(context);
    return {};
}

}  // namespace chatrixcd::protocol
