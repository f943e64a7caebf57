// SPDX-License-Identifier: Apache-2.0
// The signatures in published keys: what they cover, whose a reader is told of.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <string_view>

#include "store/cross_signing.hpp"

namespace chatrixcd::homeserver {

// What is signed: all but `signatures` and `unsigned`.
boost::json::object without_signatures(boost::json::object const& key);
void add_signature(boost::json::object& key, key_signature const& made);
// Leaves those by the key's owner and by the reader: whom others have verified is none of the reader's business.
void hide_signatures(boost::json::object& key, std::string_view owner, std::string_view reader);
// The signatures by one user in it, by key id; null if there are none.
boost::json::object const* signatures_by(boost::json::object const& key, std::string_view user);

}  // namespace chatrixcd::homeserver
