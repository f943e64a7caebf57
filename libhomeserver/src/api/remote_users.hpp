// SPDX-License-Identifier: Apache-2.0
// Questions about users, some of whom may live on other servers, which this one does not reach: there is no federation.
#pragma once

#include <boost/json/object.hpp>
#include <string>

#include <chatrixcd/base/error.hpp>

#include "events/step.hpp"

namespace chatrixcd::homeserver {

// Whether the user is one of this server's. If not, their server is put into `failures`, as /keys/query and /keys/claim have them.
// Error: invalid_param (no user id).
base::result<bool> is_ours(step const& s, std::string const& user, boost::json::object& failures);

}  // namespace chatrixcd::homeserver
