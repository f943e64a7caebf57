// SPDX-License-Identifier: Apache-2.0
// Keeps the account's backup of room keys: finds or makes it, puts there what it lacks, and fetches what waits for a key.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <optional>

#include <chatrixcd/base/notifier.hpp>

#include "crypto/backup/adopting.hpp"
#include "encryption/backup_choice.hpp"
#include "encryption/machine.hpp"
#include "http/api.hpp"
#include "sync/receiving.hpp"

namespace chatrixcd::matrix::detail {

class key_backup {
public:
    class policy {
    public:
        policy() = default;
        std::function<std::optional<own_identity_state>()> identity;  // nothing: not known yet
        std::function<receiving()> next;                              // for events that were read late
        std::function<void()> rows;                                   // the inbox has new rows
        std::function<void()> state;                                  // known() has changed
        std::optional<recovery_key> recovery;
    };

    // All outlive it.
    key_backup(services& with, api& homeserver, session const& who, crypto::driver& olm, policy how);

    // Keeps it up, until it is cancelled.
    boost::asio::awaitable<void> run();
    // Keys came, something waits for one, or the identity is known.
    void wake();
    // Whether the homeserver's backup is known by now, and as what.
    bool is_known() const noexcept { return chosen_.has_value(); }
    // The identity was replaced on purpose: a backup that cannot be read here is, too. `key`: that of the secret storage by now, if it is
    // another one than before.
    void renew(std::optional<recovery_key> const& key);
    bool is_renewing() const noexcept { return is_renewing_; }
    // But for what is missing there; nothing: not known yet.
    std::optional<key_backup_state> known() const;
    // Once it is known.
    boost::asio::awaitable<key_backup_state> state();

private:
    boost::asio::awaitable<result<void>> keep_up();
    boost::asio::awaitable<result<void>> find();
    boost::asio::awaitable<result<void>> upload();
    boost::asio::awaitable<result<void>> restore();
    boost::asio::awaitable<void> take_imported();
    boost::asio::awaitable<result<void>> look_up(crypto::session_name which);
    boost::asio::awaitable<void> take(crypto::session_name which, boost::json::object answer);
    result<void> settle(error why);

    services* with_;
    api* api_;
    policy how_;
    machine machine_;
    backup_choice choice_;
    base::notifier changed_;
    bool wanted_ = true;
    bool is_renewing_ = false;
    bool refused_ = false;  // the homeserver takes no keys; until the next start
    std::optional<chosen_backup> chosen_;
    base::duration looked_{};  // when it was chosen, by the clock's uptime
    base::logger log_;
};

}  // namespace chatrixcd::matrix::detail
