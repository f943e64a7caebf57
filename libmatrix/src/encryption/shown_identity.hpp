// SPDX-License-Identifier: Apache-2.0
// The identity of our own account as the homeserver shows it, in the answer to a query about ourselves (client-server API,
// "Cross-signing").
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/json/object.hpp>

#include "crypto/keys/cross_signing_keys.hpp"
#include "crypto/keys/own_identity.hpp"
#include "http/api.hpp"
#include "session/session.hpp"

namespace chatrixcd::matrix::detail {

class shown_identity {
public:
    shown_identity(boost::json::object answer, user_id const& me);

    // Whether there is one: what cannot be read is somebody's all the same.
    bool exists() const noexcept { return exists_; }
    crypto::user_keys const& keys() const noexcept { return keys_; }
    // All three keys are there.
    bool is_whole() const noexcept;
    // Whether what is there is a part of that identity.
    bool fits(crypto::own_identity const& held) const;
    // Whether the keys say that this device, as the homeserver shows it, is theirs.
    bool has_signed(crypto::context const& device) const;

private:
    boost::json::object answer_;
    bool exists_ = false;
    crypto::user_keys keys_;
};

// Asks. Errors also: unavailable (the homeserver does not say).
boost::asio::awaitable<result<shown_identity>> ask_shown_identity(api& homeserver, session const& who);

// The homeserver contradicts itself, or what it said.
error identity_unanswered();

}  // namespace chatrixcd::matrix::detail
