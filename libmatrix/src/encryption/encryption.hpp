// SPDX-License-Identifier: Apache-2.0
// The errands of encryption: keys are uploaded, lists of devices asked for, sessions begun, keys of rooms given out. What is decided is
// decided in store closures (crypto/); here are the requests between them.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <chatrixcd/base/notifier.hpp>
#include <chatrixcd/matrix/user_identity.hpp>

#include "crypto/devices/device_lists.hpp"
#include "crypto/driver/driver.hpp"
#include "crypto/rooms/sending_key.hpp"
#include "crypto/verification/said.hpp"
#include "encryption/identification.hpp"
#include "encryption/key_sharing.hpp"
#include "encryption/machine.hpp"
#include "encryption/room_encryption.hpp"
#include "http/api.hpp"
#include "session/session.hpp"
#include "state/member_loader.hpp"
#include "state/services.hpp"
#include "sync/receiving.hpp"

namespace chatrixcd::matrix::detail {

class encryption {
public:
    class policy {
    public:
        policy() = default;
        // Rooms in which devices get keys that their owner has not signed.
        std::function<bool(room_id const&)> unsigned_devices;
        // Rooms whose members are pinned.
        std::function<bool(room_id const&)> pinned_members;
        // Of whom it matters that a message could not be read.
        std::function<bool(room_id const&, user_id const&)> unreadable_matters;
        std::function<receiving()> next;  // for events that were read late
        std::function<void()> rows;       // the inbox has new rows
        // Parts of verifications among them.
        std::function<void(std::vector<crypto::verification_said>)> said;
        std::function<void()> keys;    // a key of a room was made, or something waits for one
        std::function<void()> state;   // identity() or failure() has changed
        std::function<void()> people;  // lists were asked for: identities may be others
        identification::confirmed_request confirmed;
        std::optional<recovery_key> recovery;
    };

    // All outlive it.
    encryption(services& with, api& homeserver, session const& who, member_loader& members, crypto::driver& olm, policy how);

    // Keeps our keys and the lists up, until it is cancelled.
    boost::asio::awaitable<void> run();
    // Gives up what cannot be read, time and again, until it is cancelled.
    boost::asio::awaitable<void> watch_unread();
    // A sync response was taken in.
    void note_sync();
    void wake();
    // At the end: what waits to be said to devices leaves. True, or cancelled.
    boost::asio::awaitable<bool> finish();
    // Whether the keys of the device that the session has now were looked at; of one that is new there are none yet.
    bool knows_device() const;

    // The row as it is to leave; may take as long as everybody needs to get the key. Errors: as any request's.
    boost::asio::awaitable<result<sealed_message>> seal(outbox_row const& row);
    // Does the same as a part of the transaction that queues a row of that room, if nothing is to be done before.
    seal_part seal_at_once(room_id const& room) const;

    // How this device stands to the account's identity; nothing: not known yet.
    std::optional<own_identity_state> identity() const { return identification_.state(); }
    // A new identity in the place of the account's (client::replace_identity()), while no other errand is under way. Errors: as
    // identity_replacement::run(), and failure().
    boost::asio::awaitable<result<replaced_identity>> replace_identity(recovery_key fresh, identification::confirmed_request confirmed);
    // Makes sure that the user's devices and identity are known as of now.
    boost::asio::awaitable<result<void>> learn(user_id user);
    // The keys by which users are known from elsewhere, and no others; asks about those users.
    boost::asio::awaitable<void> trust(std::vector<trusted_key> keys);
    boost::asio::awaitable<result<user_identity>> identity_of(user_id user);
    boost::asio::awaitable<result<void>> renew_session(user_id user, device_id device);
    boost::asio::awaitable<result<encryption_figures>> figures();
    // Why nothing is said in encrypted rooms any more.
    std::optional<error> failure() const;

private:
    // One errand at a time: a list is asked for once, and a key is claimed once.
    class turn {
    public:
        explicit turn(encryption& of) : of_(of) { of_.busy_ = true; }
        turn(turn const&) = delete;
        turn& operator=(turn const&) = delete;
        ~turn() {
            of_.busy_ = false;
            of_.changed_.notify_all();
        }

    private:
        encryption& of_;
    };

    boost::asio::awaitable<bool> keep_up();
    boost::asio::awaitable<result<void>> check_device();
    boost::asio::awaitable<result<void>> upload();
    boost::asio::awaitable<result<void>> identify();
    boost::asio::awaitable<result<void>> query();
    boost::asio::awaitable<result<void>> unwedge();
    boost::asio::awaitable<result<void>> pass_keys();
    boost::asio::awaitable<result<void>> flush();
    boost::asio::awaitable<result<void>> tidy();
    boost::asio::awaitable<result<void>> share(room_id room);
    boost::asio::awaitable<result<std::vector<crypto::device_row>>> share_with_strangers(room_id room,
                                                                                         std::vector<crypto::device_row> devices);
    boost::asio::awaitable<void> share_with_known(room_id room, std::vector<crypto::device_row> devices);
    boost::asio::awaitable<result<std::vector<crypto::device_row>>> begin_sessions(std::vector<crypto::device_row> devices);
    boost::asio::awaitable<result<std::vector<crypto::device_row>>> begin_anew(std::vector<crypto::device_row> devices);
    boost::asio::awaitable<void> look_at_own_identity();
    boost::asio::awaitable<void> take_lists(std::vector<crypto::query_entry> asked, boost::json::object answer);
    boost::asio::awaitable<void> tell(room_id room, std::vector<crypto::device_row> devices, std::string code);
    boost::asio::awaitable<result<std::set<user_id>>> prepare(room_id room, room_policy how);
    boost::asio::awaitable<result<void>> all_members(room_id room);
    bool was_in_sync_for(base::duration span) const;
    room_policy policy_of(room_id const& room) const;
    bool has_failed() const;
    error fail(error why);

    services* with_;
    api* api_;
    session const* session_;
    member_loader* members_;
    policy how_;
    crypto::driver* olm_;
    machine machine_;
    identification identification_;
    key_sharing keys_;
    base::notifier changed_;
    bool busy_ = false;  // somebody is on an errand
    bool wanted_ = true;
    device_id checked_;  // who was found to be as it was
    std::optional<error> failed_;
    device_id failed_as_;
    std::optional<base::duration> tidied_;
    std::optional<base::duration> synced_;  // by uptime, as tidied_
    base::duration in_sync_since_{};
    std::set<user_id> unanswered_;  // by the last query(): their homeservers did not answer
    base::logger log_;
};

}  // namespace chatrixcd::matrix::detail
