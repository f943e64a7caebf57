// SPDX-License-Identifier: Apache-2.0
// A device's account on libolm.
#pragma once

#include <utility>

#include "crypto/driver/driver.hpp"
#include "crypto/driver/olm_object.hpp"

namespace chatrixcd::matrix::crypto {

using account_object = olm_object<OlmAccount, olm_account_size, ::olm_account, olm_clear_account>;

class libolm_account final : public account {
public:
    // The object is a created or a loaded one.
    libolm_account(account_object object, base::random& randomness);

    std::string curve25519() const override { return curve25519_; }
    std::string ed25519() const override { return ed25519_; }
    std::string sign(std::string_view message) override;

    std::size_t most_one_time_keys() const override;
    void make_one_time_keys(std::size_t number) override;
    std::vector<one_time_key> unpublished_keys() const override;
    void make_fallback_key() override;
    std::vector<one_time_key> unpublished_fallback_key() const override;
    void mark_as_published() override;
    void forget_old_fallback_key() override;

    result<std::unique_ptr<olm_session>> begin_session(std::string_view their_identity_key, std::string_view their_one_time_key) override;
    result<begun_session> accept_session(std::string_view their_identity_key, olm_message const& first) override;
    void forget_one_time_key(olm_session& used_by) override;
    base::secret pickle() override;

private:
    account_object object_;
    base::random& randomness_;
    std::string curve25519_;
    std::string ed25519_;
};

}  // namespace chatrixcd::matrix::crypto
