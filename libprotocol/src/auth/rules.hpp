// SPDX-License-Identifier: Apache-2.0
// The parts that the authorisation rules are made of; each allows, or rejects and says by which rule.
#pragma once

#include "auth/auth_context.hpp"

namespace chatrixcd::protocol {

result<void> authorize_create(pdu const& event);
result<void> authorize_member(auth_context const& context);
result<void> authorize_third_party_invite(auth_context const& context);
result<void> authorize_power_levels(auth_context const& context);

}  // namespace chatrixcd::protocol
