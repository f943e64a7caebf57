// SPDX-License-Identifier: Apache-2.0
// A user's push rules (client-server API, "Push Rules"): the predefined ones until the user changes something, then what they made of them.
// This server pushes nothing; the rules tell clients what to tell their users about.
#pragma once

#include <boost/json/object.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <chatrixcd/base/error.hpp>

#include "events/step.hpp"

namespace chatrixcd::homeserver {

inline constexpr std::string_view push_rules_type = "m.push_rules";

// The content of m.push_rules: {"global": {kind: [rule, …]}}.
boost::json::object default_push_rules(std::string const& user);
boost::json::object find_push_rules(step& s, std::string const& user);

// One user's rules being changed. Errors are those of the endpoints: M_NOT_FOUND, M_INVALID_PARAM, M_UNKNOWN.
class push_rules {
public:
    push_rules(step& s, std::string user);

    // nullptr if there is no such rule or kind. The caller may change it, then save().
    boost::json::object* find(std::string_view kind, std::string_view id);
    // Where a rule of the user goes; a rule that is there stays in its place if neither is given.
    struct placing {
        std::optional<std::string> before;
        std::optional<std::string> after;
    };
    base::result<void> put(std::string const& kind, std::string const& id, boost::json::object const& given, placing const& where);
    base::result<void> erase(std::string const& kind, std::string const& id);
    void save();

private:
    static constexpr std::size_t most_rules = 500;

    boost::json::array* rules_of(std::string_view kind);

    step& step_;
    std::string user_;
    boost::json::object content_;
};

// Whether these are actions: "notify" and its like, or tweaks. Error: M_INVALID_PARAM.
base::result<void> check_actions(boost::json::value const* actions);

}  // namespace chatrixcd::homeserver
