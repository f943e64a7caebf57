// SPDX-License-Identifier: Apache-2.0
#include "store/stored_json.hpp"

#include <boost/json/serialize.hpp>

#include <chatrixcd/base/json_reader.hpp>

namespace chatrixcd::homeserver {

base::blob seal_json(base::transaction& db, base::sealed_column const& in, boost::json::value const& value) {
    return db.seal(in, boost::json::serialize(value));
}

boost::json::value unseal_json(base::transaction& db, base::sealed_column const& in, base::blob const& value) {
    // Deeper than any request may be, for it came in one.
    return base::parse_json(db.unseal(in, value).value(), 128).value();
}

}  // namespace chatrixcd::homeserver
