// SPDX-License-Identifier: Apache-2.0
// Gives the account a new identity in the place of one that nobody can fetch any more (client-server API, "Cross-signing"), because its
// owner wants that.
//
// In this order, so that whatever it ends with is whole: the new identity is in the store, then in a secret storage beside the account's
// own, then published, then the secret storage becomes the account's own. Until the homeserver shows the new identity the old one counts;
// from then on this device holds what counts, and doing it again goes on where it ended.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>

#include <chatrixcd/matrix/identity.hpp>
#include <chatrixcd/matrix/recovery_key.hpp>

#include "encryption/identification.hpp"
#include "encryption/identity_vault.hpp"
#include "encryption/machine.hpp"
#include "encryption/shown_identity.hpp"
#include "http/api.hpp"

namespace chatrixcd::matrix::detail {

class identity_replacement {
public:
    // What has become of it.
    class outcome {
    public:
        outcome() = default;
        replaced_identity seen;
        own_identity_state state;
    };

    // `fresh`: of the new secret storage; not used if `given` opens the account's own. All but the last three outlive it.
    identity_replacement(services& with, api& homeserver, session const& who, crypto::driver& olm,
                         identification::confirmed_request confirmed, recovery_key const& fresh, std::optional<recovery_key> const& given);

    // Errors: what the requests meet; unauthorized and forbidden if the owner's confirmation is missing or not taken. Then what the store
    // held before is there again.
    boost::asio::awaitable<result<outcome>> run();

private:
    struct plan;

    boost::asio::awaitable<plan> prepare(shown_identity shown);
    boost::asio::awaitable<result<bool>> keep(crypto::own_identity identity);
    boost::asio::awaitable<void> undo(plan what);
    boost::asio::awaitable<result<void>> publish(boost::json::object keys);
    boost::asio::awaitable<result<void>> sign(boost::json::object signature);

    api* api_;
    session const* session_;
    base::random* random_;
    machine machine_;
    identification::confirmed_request confirmed_;
    identity_vault fresh_;
    std::optional<identity_vault> given_;
    base::logger log_;
};

}  // namespace chatrixcd::matrix::detail
