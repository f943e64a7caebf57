// SPDX-License-Identifier: Apache-2.0
// The versioned JSON form of a view: for outboxes, plug-ins out of process, and web pages. The object carries "v": 1; a higher number is
// refused (`unsupported`), unknown fields are ignored, an unknown kind of block is refused, round trips are exact.
#pragma once

#include <boost/json/fwd.hpp>

#include <chatrixcd/base/error.hpp>
#include <chatrixcd/chatops/view.hpp>

namespace chatrixcd::chatops {

boost::json::object to_json(view const& document);
base::result<view> view_from_json(boost::json::object const& object);

}  // namespace chatrixcd::chatops
