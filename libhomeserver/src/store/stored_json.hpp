// SPDX-License-Identifier: Apache-2.0
// JSON in sealed columns, as it came in a request.
#pragma once

#include <boost/json/value.hpp>

#include <chatrixcd/base/store.hpp>

namespace chatrixcd::homeserver {

base::blob seal_json(base::transaction& db, base::sealed_column const& in, boost::json::value const& value);
boost::json::value unseal_json(base::transaction& db, base::sealed_column const& in, base::blob const& value);

}  // namespace chatrixcd::homeserver
