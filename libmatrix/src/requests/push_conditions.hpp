// SPDX-License-Identifier: Apache-2.0
// The conditions of push rules, each a predicate on an event and what is around it.
#pragma once

#include <boost/json/fwd.hpp>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <chatrixcd/matrix/push_rules.hpp>

namespace chatrixcd::matrix::detail {

// An event while it is judged: texts are folded once, however many rules look at them.
class judged {
public:
    judged(event const& e, push_context const& about) : event_(&e), about_(&about) {}

    event const& source() const noexcept { return *event_; }
    push_context const& about() const noexcept { return *about_; }
    // Null if it is absent.
    boost::json::value const* find(std::vector<std::string> const& path) const;
    // The folded string there; null if it is absent or no string.
    std::u32string const* text(std::vector<std::string> const& path) const;

private:
    event const* event_;
    push_context const* about_;
    mutable std::map<std::vector<std::string>, std::u32string> folded_;
};

using condition = std::function<bool(judged const&)>;

// "content.m\\.relates_to.rel_type" as its members (appendices, "Dot-separated property paths").
std::vector<std::string> property_path(std::string_view dotted);
// A condition that is not known, or malformed, never holds.
condition make_condition(boost::json::value const& said);
// The condition of content rules.
condition body_matches(std::string_view pattern);

}  // namespace chatrixcd::matrix::detail
