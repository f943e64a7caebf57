// SPDX-License-Identifier: Apache-2.0
// Filters that clients keep here, to name them by a number in every /sync.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>

#include <chatrixcd/base/store.hpp>

namespace chatrixcd::homeserver {

// The number of the filter; the same filter gets the same one.
std::string put_filter(base::transaction& db, std::string const& user, boost::json::object const& filter);
std::optional<boost::json::object> find_filter(base::transaction& db, std::string const& user, std::string const& id);

}  // namespace chatrixcd::homeserver
