// SPDX-License-Identifier: Apache-2.0
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "auth/rules.hpp"

namespace chatrixcd::protocol {

namespace {

bool is_recognised_version(boost::json::value const& value) {
    return value.is_string() && find_room_version(std::string_view(value.get_string())).has_value();
}

}  // namespace

result<void> authorize_create(pdu const& event) {
    if (!event.prev_events().empty()) return rejected(event, "it has previous events");
    if (event.version().room_id_is_create_hash) {
        if (event.json().contains("room_id")) return rejected(event, "it has a room_id, which is its hash");
    } else if (event.room().server() != event.sender().server()) {
        return rejected(event, "the room id is not of the sender's server");
    }
    auto const* version = event.content().if_contains("room_version");
    if (version != nullptr && !is_recognised_version(*version)) return rejected(event, "the room version is not known");
    auto const creators = room_creators(event.version(), event.sender(), event.content());
    if (!creators) return rejected(event, creators.error().message());
    return {};
}

}  // namespace chatrixcd::protocol
