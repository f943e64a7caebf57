// SPDX-License-Identifier: Apache-2.0
#include "store/stored_json.hpp"

#include <boost/json/serialize.hpp>

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/base/sealed.hpp>

namespace chatrixcd::homeserver {

base::blob seal_json(boost::json::value const& value) { return base::seal(boost::json::serialize(value)); }

boost::json::value unseal_json(base::blob const& column) {
    // Deeper than any request may be, for it came in one.
    return base::parse_json(base::unseal(column).value(), 128).value();
}

}  // namespace chatrixcd::homeserver
