// SPDX-License-Identifier: Apache-2.0
// The Megolm session with which this device sends to a room, and which devices have its key. Called inside store closures.
#pragma once

#include <boost/json/object.hpp>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "crypto/context.hpp"
#include "crypto/devices/device_table.hpp"
#include "crypto/keys/own_device.hpp"
#include "crypto/olm/channel.hpp"

namespace chatrixcd::matrix::crypto {

// How a room wants its keys changed (m.room.encryption), within reason.
struct rotation {
    std::int64_t messages = 100;
    base::duration age = std::chrono::hours(24 * 7);
};
// From the content of an m.room.encryption.
rotation rotation_of(boost::json::object const& encryption);

// Who is to get the key of a room.
struct audience {
    std::vector<user_id> users;     // all whose devices may read
    std::set<user_id> newcomers;    // of these, who get no key until they are accepted (pinned_members.hpp)
    bool unsigned_devices = false;  // also those for which their owner's identity does not vouch
    std::string visibility;         // the room's m.room.history_visibility: whether newcomers are meant to read
    rotation changes;
};

// As stored: do not renumber.
enum class share_state : std::int64_t {
    queued = 0,
    sent = 1,
    withheld = 2,
    lost = 3  // the device has begun anew since: it may have lost what it was sent
};

// What is to be done before a message can be encrypted.
struct sharing {
    std::string session;
    std::vector<device_row> to_share;   // they have no key yet
    std::vector<device_row> to_refuse;  // they shall be told that they get none
    std::vector<device_row> newcomers;  // likewise, because their owner is to be accepted first
};

class room_sender {
public:
    room_sender(context const& with, own_device& own, room_id room) : with_(with), own_(own), room_(std::move(room)) {}

    // The session to send with; a new one if there is none, or if the old one has done its time or is known to somebody who is to read no
    // more.
    sharing prepare(audience const& who);
    // Whether the device has the key, or what gives it is on its way.
    bool is_given(device_row const& device);
    // The key for that device, from the next message on; false if there is no Olm session with it. What is returned goes into a request
    // that is kept under `request`.
    std::optional<boost::json::object> share(device_row const& with, std::int64_t request);
    // Likewise, in a session that was just begun.
    boost::json::object share_first(claimed_session& in, std::int64_t request);
    // The device gets no key, and is told so: "m.unverified", "m.no_olm", "m.unauthorised".
    boost::json::object refuse(device_row const& device, std::string const& code, std::int64_t request);
    // Whether somebody waits for the key who is to have it before the next message.
    bool is_pending() const;
    // The content of an m.room.encrypted. The session is kept first.
    boost::json::object encrypt(std::string const& type, boost::json::object content);

private:
    bool is_worn(audience const& who, base::row const& row) const;
    bool has_leavers(audience const& who, std::string const& session) const;
    std::vector<device_row> readers(audience const& who, std::vector<device_row>* others) const;
    std::string begin(audience const& who);
    // Why the device has no key and is not given one now either: there is no way to reach it.
    bool is_out_of_reach(base::row const& share) const;
    boost::json::object const& key_content();
    void note_queued(device_row const& device, std::int64_t request);
    // The session that is sent with; null if there is none.
    outbound_group* sending();

    context const& with_;
    own_device& own_;
    room_id room_;
    std::unique_ptr<outbound_group> group_;
    // What is given to each device: made once, for it is signed; empty: not made, or not of the next message any more.
    boost::json::object key_content_;
};

// Somebody has left: whoever was there, or was invited, may have the key from others, whether or not it was given to them. The next message
// has another (specification v1.19, client-server API, m.megolm.v1.aes-sha2).
void retire_key(context const& with, room_id const& room);
// A device has begun a session of its own: what it was sent it may not have read.
void note_begun_anew(context const& with, std::string const& their_key);
// The homeserver does not take the request: whoever is in it has no key, and is tried again after a while.
void note_refused(context const& with, std::int64_t request);
// Has the request reached the homeserver: whoever is in it has the key.
void note_shared(context const& with, std::int64_t request);

}  // namespace chatrixcd::matrix::crypto
