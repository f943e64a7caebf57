// SPDX-License-Identifier: Apache-2.0
// Reads what is encrypted in rooms (client-server API, "m.megolm.v1.aes-sha2"). Called inside store closures.
#pragma once

#include <boost/json/object.hpp>
#include <map>
#include <string>
#include <tuple>
#include <variant>

#include <chatrixcd/matrix/trust.hpp>

#include "crypto/context.hpp"
#include "crypto/rooms/room_key_table.hpp"

namespace chatrixcd::matrix::crypto {

// An m.room.encrypted as the homeserver shows it.
struct encrypted_event {
    room_id room;
    std::string id;
    user_id sender;
    base::time_point sent;
    boost::json::object const& content;
};

struct clear_event {
    std::string type;
    boost::json::object content;  // with what relates it to others, which is not encrypted
    trust believed;
};

// Why an event cannot be read.
enum class unreadable : std::uint8_t {
    missing_key,     // it may come yet
    unknown_device,  // likewise: whose device it is has not been asked yet
    earlier_index,   // the key is there, but only from a later message on
    malformed,       // for good
    forged,          // likewise: it is not from its sender, or of another room
    repeated         // likewise: the same message was shown before as another event
};
struct unreadable_event {
    unreadable why = unreadable::malformed;
    std::string session;
    std::string words;
};

// For one transaction: keeps the keys that it has loaded.
class room_reader {
public:
    explicit room_reader(context const& with) : with_(with) {}

    // `whoever`: also an event of a device of which nothing is known though its owner's list has not been asked for.
    std::variant<clear_event, unreadable_event> read(encrypted_event const& event, bool whoever = true);

private:
    room_key_row* key_for(room_id const& room, std::string const& session, user_id const& sender);
    bool is_known(room_key_row const& key) const;
    trust trust_in(room_key_row const& key, bool late) const;

    context const& with_;
    std::map<std::tuple<room_id, std::string, user_id>, std::optional<room_key_row>> keys_;
};

}  // namespace chatrixcd::matrix::crypto
