// SPDX-License-Identifier: Apache-2.0
// The words that users of this library need from the layers below it, under one name.
#pragma once

#include <chatrixcd/base/error.hpp>
#include <chatrixcd/base/secret.hpp>
#include <chatrixcd/protocol/ids.hpp>

namespace chatrixcd::matrix {

using base::error;
using base::error_kind;
using base::result;
using base::secret;

using protocol::device_id;
using protocol::event_id;
using protocol::room_alias;
using protocol::room_id;
using protocol::server_name;
using protocol::user_id;

// An environment variable, for the first lines of a program. Throws error_exception (invalid) if it is not set or empty.
std::string from_env(std::string const& name);

}  // namespace chatrixcd::matrix
