// SPDX-License-Identifier: Apache-2.0
// `event_fields` of a filter: the members of events that a client wants ("Filtering"). Each is a path, "content.body" say; a dot that
// belongs to a member's name is written "\\.".
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <optional>
#include <string>
#include <vector>

#include <chatrixcd/base/error.hpp>

namespace chatrixcd::homeserver {

class event_fields {
public:
    // All of them.
    event_fields() = default;
    // From the member of the filter, nullptr if there is none. Error: M_BAD_JSON (no list of at most 100 strings).
    static base::result<event_fields> parse(boost::json::value const* list);

    // The event with what was asked for, and nothing else.
    boost::json::object of(boost::json::object event) const;

private:
    using field_path = std::vector<std::string>;

    std::optional<std::vector<field_path>> paths_;
};

}  // namespace chatrixcd::homeserver
