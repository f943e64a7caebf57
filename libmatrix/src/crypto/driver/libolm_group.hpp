// SPDX-License-Identifier: Apache-2.0
// Megolm on libolm.
#pragma once

#include <utility>

#include "crypto/driver/driver.hpp"
#include "crypto/driver/olm_object.hpp"

namespace chatrixcd::matrix::crypto {

using outbound_object =
    olm_object<OlmOutboundGroupSession, olm_outbound_group_session_size, olm_outbound_group_session, olm_clear_outbound_group_session>;
using inbound_object =
    olm_object<OlmInboundGroupSession, olm_inbound_group_session_size, olm_inbound_group_session, olm_clear_inbound_group_session>;

class libolm_outbound final : public outbound_group {
public:
    explicit libolm_outbound(outbound_object object) : object_(std::move(object)) {}

    std::string id() const override;
    std::uint32_t index() const override { return olm_outbound_group_session_message_index(object_.get()); }
    base::secret session_key() const override;
    std::string encrypt(std::string_view plaintext) override;
    base::secret pickle() override;

private:
    outbound_object object_;
};

class libolm_inbound final : public inbound_group {
public:
    explicit libolm_inbound(inbound_object object) : object_(std::move(object)) {}

    std::string id() const override;
    std::uint32_t first_index() const override { return olm_inbound_group_session_first_known_index(object_.get()); }
    result<group_plaintext> decrypt(std::string_view ciphertext) override;
    result<base::secret> export_at(std::uint32_t index) override;
    base::secret pickle() override;

private:
    inbound_object object_;
};

outbound_object new_outbound(base::random& randomness);
result<inbound_object> inbound_from_key(base::secret const& session_key);
result<inbound_object> inbound_from_export(base::secret const& exported);
result<outbound_object> outbound_from_pickle(base::secret const& pickle);
result<inbound_object> inbound_from_pickle(base::secret const& pickle);

}  // namespace chatrixcd::matrix::crypto
