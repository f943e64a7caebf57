// SPDX-License-Identifier: Apache-2.0
// Cross-signing keys as users upload them (client-server API, "Cross-signing").
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <string_view>

#include <chatrixcd/base/error.hpp>
#include <chatrixcd/protocol/signing.hpp>

#include "store/cross_signing.hpp"

namespace chatrixcd::homeserver {

namespace key_usage {
inline constexpr auto master = "master";
inline constexpr auto self_signing = "self_signing";
inline constexpr auto user_signing = "user_signing";
}  // namespace key_usage

// Errors, all M_INVALID_PARAM: the key is another user's, for another use, none of Ed25519, or not one alone.
base::result<cross_signing_key> read_cross_signing_key(boost::json::object const& given, std::string const& usage,
                                                       std::string const& owner);
// Whether `by`, a cross-signing key of that user, has signed the object.
bool is_signed_by(boost::json::object const& object, std::string const& user, cross_signing_key const& by);

}  // namespace chatrixcd::homeserver
