// SPDX-License-Identifier: Apache-2.0
// The account's identity: three keys that say which devices are its own, and whom it has verified (client-server API, "Cross-signing").
// Whoever holds them is the account. Called inside store closures.
#pragma once

#include <array>
#include <boost/json/object.hpp>
#include <optional>
#include <string>

#include <chatrixcd/protocol/signing.hpp>

#include "crypto/context.hpp"
#include "crypto/keys/cross_signing_keys.hpp"
#include "crypto/keys/own_device.hpp"

namespace chatrixcd::matrix::crypto {

class own_identity {
public:
    // Three new keys.
    static own_identity make(base::random& randomness);
    // What the store holds; nothing: this account has none, or has made it elsewhere.
    static std::optional<own_identity> load(context const& with);
    // From three of seeds(). Error `invalid`: one is no key.
    static result<own_identity> from_seeds(secret const& master, secret const& self_signing, secret const& user_signing);
    // Before any of it leaves.
    void save(context const& with) const;
    // As if it had never been made.
    static void forget(context const& with);

    // Public, in unpadded Base64.
    std::string const& master() const noexcept { return master_.public_key().base64(); }
    user_keys public_keys() const;
    // The private parts, in the order master, self-signing, user-signing: unpadded Base64, as secret storage has them.
    std::array<secret, 3> seeds() const;

    // Adds the master key's signature to an object; what is signed is canonical JSON.
    void sign_with_master(boost::json::object& object, user_id const& me) const;
    // The body of POST /keys/device_signing/upload; the master key is signed by this device.
    boost::json::object upload_body(context const& with, own_device& device) const;
    // The body of POST /keys/signatures/upload: this device is ours.
    boost::json::object signature_body(context const& with, own_device& device) const;
    // Likewise, of what somebody else has proved: a device of ours, or another user's identity. `answer`: that of a query for them and for
    // us, which must have those very keys, and this identity as ours; if it has not, there is nothing to sign.
    std::optional<boost::json::object> vouch_body(context const& with, user_id const& user, device_id const& device,
                                                  std::string const& ed25519, std::string const& master,
                                                  boost::json::object const& answer) const;

private:
    own_identity(protocol::signing_key master, protocol::signing_key self_signing, protocol::signing_key user_signing)
        : master_(std::move(master)), self_signing_(std::move(self_signing)), user_signing_(std::move(user_signing)) {}

    protocol::signing_key master_;
    protocol::signing_key self_signing_;
    protocol::signing_key user_signing_;
};

}  // namespace chatrixcd::matrix::crypto
