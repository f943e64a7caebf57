// SPDX-License-Identifier: Apache-2.0
// Olm sessions on libolm.
#pragma once

#include <utility>

#include "crypto/driver/driver.hpp"
#include "crypto/driver/olm_object.hpp"

namespace chatrixcd::matrix::crypto {

using session_object = olm_object<OlmSession, olm_session_size, ::olm_session, olm_clear_session>;

class libolm_session final : public olm_session {
public:
    libolm_session(session_object object, base::random& randomness) : object_(std::move(object)), randomness_(randomness) {}

    std::string id() const override;
    olm_message encrypt(std::string_view plaintext) override;
    result<std::string> decrypt(olm_message const& message) override;
    bool began_with(std::string_view their_identity_key, olm_message const& first) override;
    base::secret pickle() override;

    OlmSession* get() const noexcept { return object_.get(); }

private:
    session_object object_;
    base::random& randomness_;
};

// A body as libolm wants it: without padding, and in the format that its type promises. Error `invalid`.
result<std::string> checked_body(olm_message const& message);

}  // namespace chatrixcd::matrix::crypto
