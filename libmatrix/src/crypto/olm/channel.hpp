// SPDX-License-Identifier: Apache-2.0
// What devices say to one another, encrypted with Olm (client-server API, "m.olm.v1.curve25519-aes-sha2"). Called inside store closures.
#pragma once

#include <boost/json/object.hpp>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "crypto/context.hpp"
#include "crypto/devices/device_table.hpp"
#include "crypto/keys/own_device.hpp"

namespace chatrixcd::matrix::crypto {

// What another device said to this one.
struct device_event {
    std::string type;
    boost::json::object content;  // may hold a room key: to be wiped (crypto/wiping.hpp)
    user_id sender;
    std::string sender_curve25519;
    std::string sender_ed25519;
    // The device, where its keys are known: the event brought them along, signed, or a query told them. Nothing: who says that they are
    // `sender` has proved nothing.
    std::optional<device_row> device;
};

// Why a message from a device came to nothing.
enum class refusal : std::uint8_t {
    repeated,    // it was read before: nothing is lost
    not_for_us,  // no part of it is for this device
    malformed,
    undecryptable,  // the session is broken, or was never there
    forged,         // what was said contradicts who sent it
};
struct refused_event {
    refusal why = refusal::malformed;
    std::string words;
    std::string sender_key;  // of `undecryptable`: with whom a session is to be begun anew
};

// Reads the content of an m.room.encrypted that came to this device from `sender`, with all checks of the specification ("Validation of
// incoming decrypted events").
std::variant<device_event, refused_event> read_from_device(context const& with, own_device& own, user_id const& sender,
                                                           boost::json::object const& content);

// The content of an m.room.encrypted for that device; the session is kept first. Nothing if there is no session.
std::optional<boost::json::object> write_to_device(context const& with, own_device& own, device_row const& to, std::string const& type,
                                                   boost::json::object const& content);

// The body of POST /keys/claim: one key each.
boost::json::object claim_body(std::vector<device_row> const& devices);
// A session of which nothing is stored yet.
struct claimed_session {
    device_row with;
    std::unique_ptr<olm_session> session;
};
struct claimed_sessions {
    std::vector<claimed_session> begun;
    std::vector<device_row> without;
};
// Begins a session with each device of which the answer has a key that the device signed.
claimed_sessions begin_claimed(own_device& own, std::vector<device_row> const& asked, boost::json::object const& answer);
// As write_to_device(), in a session that is stored with what it has said first: stored once, which is dear.
boost::json::object write_first(context const& with, own_device& own, claimed_session& in, std::string const& type,
                                boost::json::object const& content);
// Begins sessions and keeps them; returns the devices with which there is none.
std::vector<device_row> take_claim_answer(context const& with, own_device& own, std::vector<device_row> const& asked,
                                          boost::json::object const& answer);

}  // namespace chatrixcd::matrix::crypto
