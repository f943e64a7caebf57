// SPDX-License-Identifier: Apache-2.0
// Which backup the account's keys go to: the one that the homeserver shows, if somebody vouches for it, or one that is made where there is
// none (client-server API, "Server-side key backups").
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/json/object.hpp>
#include <optional>
#include <string>

#include <chatrixcd/base/log.hpp>
#include <chatrixcd/matrix/identity.hpp>
#include <chatrixcd/matrix/key_backup.hpp>
#include <chatrixcd/matrix/recovery_key.hpp>

#include "crypto/backup/backup_key.hpp"
#include "encryption/identity_vault.hpp"
#include "encryption/machine.hpp"
#include "http/api.hpp"

namespace chatrixcd::matrix::detail {

// A backup that may be used, or why there is none.
struct chosen_backup {
    key_backup_state state;
    std::string public_key;
};

class backup_choice {
public:
    // All but the key outlive it.
    backup_choice(services& with, api& homeserver, session const& who, crypto::driver& olm, std::optional<recovery_key> const& recovery);

    // Looks at the homeserver. `us`: how this device stands to the account's identity, which alone makes a backup. Errors: what is worth
    // another attempt.
    boost::asio::awaitable<result<chosen_backup>> choose(own_identity_state us);
    // Likewise, after our identity was replaced on purpose: a backup that cannot be read here makes room for a new one, and the key of the
    // one that can is in the secret storage.
    boost::asio::awaitable<result<chosen_backup>> renew();
    // The recovery key is another one by now.
    void use(recovery_key const& key);

private:
    boost::asio::awaitable<result<std::optional<boost::json::object>>> ask();
    boost::asio::awaitable<result<chosen_backup>> examine(boost::json::object shown);
    boost::asio::awaitable<result<void>> fetch_key(std::string public_key);
    boost::asio::awaitable<result<chosen_backup>> make(own_identity_state us);
    boost::asio::awaitable<result<chosen_backup>> create(std::string instead_of);
    boost::asio::awaitable<result<crypto::backup_key>> shared_key();

    api* api_;
    session const* session_;
    base::random* random_;
    machine machine_;
    std::optional<identity_vault> vault_;  // with a recovery key
    base::logger log_;
};

}  // namespace chatrixcd::matrix::detail
