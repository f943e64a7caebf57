// SPDX-License-Identifier: Apache-2.0
// Makes this device one of its account's own: the account's identity is made if there is none, or fetched with the recovery key, and says
// so (client-server API, "Cross-signing"; MSC3967). Nobody else's is ever replaced here (encryption/identity_replacement.hpp).
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <optional>

#include <chatrixcd/base/log.hpp>
#include <chatrixcd/matrix/identity.hpp>
#include <chatrixcd/matrix/recovery_key.hpp>

#include "crypto/keys/own_identity.hpp"
#include "encryption/identity_vault.hpp"
#include "encryption/machine.hpp"
#include "encryption/shown_identity.hpp"
#include "http/api.hpp"

namespace chatrixcd::matrix::detail {

class identification {
public:
    // Sends what the account's owner may have to confirm.
    using confirmed_request = std::function<boost::asio::awaitable<result<void>>(call, boost::json::object)>;

    // All but the last two outlive it.
    identification(services& with, api& homeserver, session const& who, crypto::driver& olm, confirmed_request confirmed,
                   std::optional<recovery_key> recovery);

    // Once a start and device; later calls do nothing. Errors: what is worth another attempt.
    boost::asio::awaitable<result<void>> run();
    // Nothing: not known yet.
    std::optional<own_identity_state> state() const;
    // The identity was replaced on purpose, by this device; `key`: that of the secret storage by now, if it is another one.
    void adopt(own_identity_state found, std::optional<recovery_key> const& key);
    // What was known does not hold any more: run() looks again.
    void forget() { state_.reset(); }

private:
    struct plan;

    boost::asio::awaitable<result<void>> identify(own_identity_state& found);
    boost::asio::awaitable<result<plan>> look(shown_identity shown);
    boost::asio::awaitable<result<void>> restore(shown_identity shown);
    boost::asio::awaitable<result<void>> publish(crypto::own_identity identity, boost::json::object keys);
    boost::asio::awaitable<result<void>> sign(boost::json::object signature, own_identity_state& found);
    void conclude(own_identity_state found);

    services* with_;
    api* api_;
    session const* session_;
    machine machine_;
    confirmed_request confirmed_;
    std::optional<identity_vault> vault_;  // with a recovery key
    std::optional<own_identity_state> state_;
    base::logger log_;
};

}  // namespace chatrixcd::matrix::detail
