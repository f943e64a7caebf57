// SPDX-License-Identifier: Apache-2.0
#include "crypto/rooms/unread_cause.hpp"

#include <boost/json/object.hpp>

#include <chatrixcd/base/json_reader.hpp>

namespace chatrixcd::matrix::crypto {

namespace {

// A homeserver that does not say it leaves it open. Who is invited may have been given the key.
bool were_outside(std::string const& event) {
    auto const read = base::parse_json_object(event);
    auto const* more = read ? base::find_object(*read, "unsigned") : nullptr;
    auto const ours = more == nullptr ? std::nullopt : base::find_string(*more, "membership");
    return ours && *ours != "join" && *ours != "invite";
}

std::string reason_for(std::string const& code) {
    if (code == "m.blacklisted") return "their client was told to give this session no keys";
    if (code == "m.unauthorised") return "their client does not allow this session to have the key";
    if (code == "m.unavailable") return "their client does not have the key any more";
    return "their client gives no keys";
}

}  // namespace

unread_cause cause_of(waiting_event const& event) {
    if (were_outside(event.event)) return unread_cause::sent_before_we_joined;
    if (event.reason.empty()) return unread_cause::unknown;
    return event.reason == "m.unverified" ? unread_cause::withheld_from_unverified : unread_cause::withheld_by_sender;
}

std::string words_of(unread_cause cause, std::string const& code) {
    switch (cause) {
        case unread_cause::unknown:
            break;
        case unread_cause::sent_before_we_joined:
            return "it was sent before we were in the room";
        case unread_cause::withheld_from_unverified:
            return "their client gives keys to verified sessions alone (" + code + ")";
        case unread_cause::withheld_by_sender:
            return reason_for(code) + " (" + code + ")";
    }
    return "their keys have not come";
}

}  // namespace chatrixcd::matrix::crypto
