// SPDX-License-Identifier: Apache-2.0
// Encryption in the transaction that takes a response in: what came to this device first, then what is encrypted in rooms. Called inside
// store closures.
#pragma once

#include <boost/json/value.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "crypto/keys/own_device.hpp"
#include "crypto/olm/device_inbox.hpp"
#include "crypto/rooms/receiving.hpp"
#include "crypto/rooms/waiting.hpp"
#include "inbox/table.hpp"
#include "sync/response.hpp"

namespace chatrixcd::matrix::detail {

// An event that was read.
struct opened_event {
    std::shared_ptr<boost::json::value const> keeper;
    raw_event event;  // looks into it
    trust believed;
};

class decryption {
public:
    // The driver must outlive it.
    decryption(base::transaction& t, crypto::driver& olm, std::int64_t account, user_id me, device_id device, base::time_point now);

    // Returns whether there is something to do for it: keys to upload, lists to ask for, sessions to begin anew.
    bool take(device_news const& news);
    // Our place in the homeserver's history is lost: lists may have changed unseen.
    void forget_lists();
    // A member of an encrypted room: who is there is to be known before they speak.
    void expect(user_id const& member);
    // Somebody has left such a room.
    void part(room_id const& room, user_id const& member);
    // Somebody who may have read along is not in such a room any more.
    void retire_key(room_id const& room);

    // Nothing: the event waits for its key, or is refused for good.
    std::optional<opened_event> open(raw_event const& e, arrival const& where);

    // Events that waited for keys which have come, read, each with its place.
    struct reopened {
        opened_event opened;
        arrival where;
    };
    std::vector<reopened> reopen() { return reopen(new_keys_); }
    std::vector<reopened> reopen(crypto::session_names const& keys);
    // Likewise those of users whose lists were asked for, whatever came of it.
    std::vector<reopened> reopen_of(std::vector<user_id> const& users);

    // Whether this device says that it has sent an encrypted event. Whoever forges that is only not heard.
    bool is_of_this_device(raw_event const& e);
    // Notes an event of a room if it is part of a verification.
    void note(raw_event const& e, room_id const& room);
    std::vector<crypto::verification_said> take_verifications() { return std::exchange(verifications_, {}); }

    // Somebody's list, or a key, is to be asked for because of what was read.
    bool wants_errand() const noexcept { return wants_errand_; }
    // Something that was read waits for its key.
    bool wants_key() const noexcept { return wants_key_; }
    std::vector<std::string> const& complaints() const noexcept { return complaints_; }

private:
    std::optional<opened_event> read(raw_event const& e, arrival const& where, bool whoever, bool& waits);
    std::vector<reopened> reopen_all(std::vector<crypto::waiting_event> waiting, bool whoever);

    crypto::context with_;
    std::optional<crypto::own_device> own_;  // loaded when something came
    crypto::session_names new_keys_;
    crypto::room_reader reader_;
    std::optional<std::string> own_key_;
    std::vector<std::string> complaints_;
    std::vector<crypto::verification_said> verifications_;
    bool wants_errand_ = false;
    bool wants_key_ = false;
};

}  // namespace chatrixcd::matrix::detail
