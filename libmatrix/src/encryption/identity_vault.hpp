// SPDX-License-Identifier: Apache-2.0
// The account's identity in its secret storage (client-server API, "Secrets", "Cross-signing"): kept there, and fetched by whoever has
// the recovery key.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/json/object.hpp>
#include <string>

#include "crypto/keys/own_identity.hpp"
#include "crypto/secrets/secret_storage.hpp"
#include "http/api.hpp"
#include "session/session.hpp"

namespace chatrixcd::matrix::detail {

class identity_vault {
public:
    // All but the key outlive it.
    identity_vault(api& homeserver, session const& who, base::random& randomness, recovery_key const& key);

    // Puts what is not there yet, and makes the account's secret storage if it has none. What others keep in it stays as it is. Errors:
    // conflict (the secret storage has another key, or something that this one does not open), and what requests meet.
    boost::asio::awaitable<result<void>> keep(crypto::own_identity identity);
    // Errors: not_found (nothing is there), conflict (as above), and what requests meet.
    boost::asio::awaitable<result<crypto::own_identity>> fetch();
    // A new secret storage beside the one that the account has: the identity lies in it under the recovery key, and nobody looks there
    // before choose().
    boost::asio::awaitable<result<void>> prepare(crypto::own_identity identity);
    // Makes it the account's own. What others keep under other keys stays where it is.
    boost::asio::awaitable<result<void>> choose();

    // Other secrets of the account. What is there under the recovery key stays as it is. Errors: not_found (the account has no secret
    // storage), conflict (as above), and what requests meet.
    boost::asio::awaitable<result<void>> keep_secret(std::string name, secret what);
    // Errors: not_found (nothing is there), conflict (as above), and what requests meet.
    boost::asio::awaitable<result<secret>> fetch_secret(std::string name);

private:
    boost::asio::awaitable<result<boost::json::object>> read(std::string type);
    boost::asio::awaitable<result<void>> write(std::string type, boost::json::object content);
    boost::asio::awaitable<result<std::string>> own_key_id();
    boost::asio::awaitable<result<void>> put_secrets(std::string key_id, crypto::own_identity identity);

    api* api_;
    session const* session_;
    base::random* random_;
    crypto::secret_storage_key key_;
    std::string fresh_id_;  // of a storage to be made: the same however often that is tried
};

}  // namespace chatrixcd::matrix::detail
