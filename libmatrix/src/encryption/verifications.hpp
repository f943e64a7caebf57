// SPDX-License-Identifier: Apache-2.0
// All verifications that go on: what others say finds the one it belongs to, what is to be said leaves, and what was proved is kept.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <chatrixcd/base/log.hpp>
#include <chatrixcd/base/notifier.hpp>
#include <chatrixcd/base/task_group.hpp>
#include <chatrixcd/matrix/verification.hpp>

#include "crypto/verification/open_table.hpp"
#include "crypto/verification/said.hpp"
#include "crypto/verification/verification.hpp"
#include "encryption/machine.hpp"
#include "http/api.hpp"

namespace chatrixcd::matrix::detail {

// Of the keys of messages that are part of a verification.
inline constexpr char const* verification_key_prefix = "verification:";

// One of them, shared with whoever looks after it.
class verification_entry {
public:
    verification_entry(boost::asio::any_io_executor on, crypto::verification of, std::optional<room_id> where)
        : talk(std::move(of)), room(std::move(where)), changed(std::move(on)) {}

    crypto::verification talk;
    std::optional<room_id> room;
    std::optional<verified> proof;  // what was proved is kept
    bool keeps_proof = true;        // somebody of ours has compared
    bool is_kept_open = false;      // a restart would tell the other one that it is over
    bool is_speaking = false;       // a task sends what is to be said
    bool is_closed = false;         // the client has stopped
    base::notifier changed;         // of whoever waits
    std::function<void()> wake;     // there is something to say
};

class verifications {
public:
    class policy {
    public:
        policy() = default;
        // Somebody asks; without it nobody is answered.
        std::function<boost::asio::awaitable<void>(verification)> asked;
        crypto::qr_abilities qr_codes;
        // Sends an event into a room, by way of the outbox.
        std::function<boost::asio::awaitable<result<event_id>>(room_id, std::string, boost::json::object)> say;
        // Makes sure that a user's devices and identity are known as of now.
        std::function<boost::asio::awaitable<result<void>>(user_id)> learn;
        // Messages to devices wait to be sent.
        std::function<void()> flush;
    };

    // All but the last outlive it.
    verifications(services& with, api& homeserver, session const& who, crypto::driver& olm, policy how);

    // What an earlier process did not send has nobody any more who goes on with it. Before the outbox and the messages to devices leave.
    boost::asio::awaitable<void> forget_unsent();
    void take(std::vector<crypto::verification_said> said);
    // Until it is cancelled.
    boost::asio::awaitable<void> run();
    // Nobody waits any more.
    void close();
    boost::asio::awaitable<void> cancel_and_join();

    boost::asio::awaitable<result<verification>> ask_in(room_id room, user_id whom);
    boost::asio::awaitable<result<verification>> ask_device(user_id whom, device_id device);

private:
    using entry = std::shared_ptr<verification_entry>;
    // What is not to begin again: it is over, or somebody has said what follows a request before that came out of a gap.
    struct ended {
        std::string id;
        user_id by;
    };

    boost::asio::awaitable<void> wait();
    boost::asio::awaitable<void> end_interrupted();
    boost::asio::awaitable<void> end(crypto::open_verification interrupted);
    boost::asio::awaitable<void> keep_open(entry of);
    boost::asio::awaitable<void> forget_open(entry of);
    bool is_worth_hearing(crypto::verification_said const& said) const;
    boost::asio::awaitable<void> hear(crypto::verification_said said);
    boost::asio::awaitable<void> hear_request(crypto::verification_said said);
    void hear_ourselves(verification_entry& of, crypto::verification_said const& said);
    boost::asio::awaitable<void> hear_of_nothing(crypto::verification_said said);
    boost::asio::awaitable<bool> shares_room(user_id with);
    boost::asio::awaitable<bool> know(crypto::verification& talk);
    void speak(entry const& of);
    boost::asio::awaitable<void> say_all(entry of);
    boost::asio::awaitable<result<void>> send(entry of, crypto::verification_event event);
    boost::asio::awaitable<void> send_to_device(user_id user, device_id device, std::string type, boost::json::object content);
    boost::asio::awaitable<void> conclude(entry of);
    boost::asio::awaitable<result<void>> sign(crypto::verified_party them);
    boost::asio::awaitable<crypto::verified_party> ourselves();
    crypto::qr_abilities qr_codes_with(crypto::verified_party const& us, user_id const& whom) const;
    bool may_begin(user_id const& with, bool asked_by_us) const;
    void note_ended(std::string id, user_id by);
    bool has_ended(std::string const& id, user_id const& asked_by) const;
    bool opens(crypto::verification_said const& said, std::string const& id) const;
    crypto::verification answer(crypto::verified_party us, crypto::verification_said said, std::string id);
    verification add(crypto::verification talk, std::optional<room_id> room);
    void forget_old();
    void stop_leaving();

    services* with_;
    api* api_;
    session const* session_;
    machine machine_;
    policy how_;
    std::deque<crypto::verification_said> heard_;
    std::deque<crypto::verification_said> early_;  // of what may be ours, whose request is on its way
    std::map<std::string, entry> going_on_;        // by id
    std::deque<ended> over_;
    std::size_t leaving_ = 0;  // requests of ours on their way
    bool wanted_ = false;
    base::notifier changed_;
    base::task_group handlers_;
    base::logger log_;
};

}  // namespace chatrixcd::matrix::detail
