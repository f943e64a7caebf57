// SPDX-License-Identifier: Apache-2.0
// What a rule knows, and how one is chosen for a request.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <chatrixcd/base/random.hpp>
#include <chatrixcd/homeserver/testing/faults.hpp>

#include "pattern.hpp"

namespace chatrixcd::homeserver::testing::detail {

struct rule_state {
    rule_state(std::optional<base::http::method> of, std::string_view pattern) : verb(of), path(pattern) {}

    // Whether the request is one that it is about, all but its turn and its luck considered.
    bool fits(base::http::request const& r, std::string const& user) const;
    // Counts a request that fits; whether the rule is applied to it.
    bool takes(base::random& dice);

    std::optional<base::http::method> verb;
    path_pattern path;
    std::string user;  // empty: of everybody
    std::function<bool(base::http::request const&)> predicate;
    std::size_t lets_pass = 0;
    std::optional<std::size_t> left;  // nothing: no limit
    std::optional<unsigned> per_mille;
    std::vector<fault> choices;  // empty: it says nothing yet, or nothing any more
    std::size_t hits = 0;
};

}  // namespace chatrixcd::homeserver::testing::detail
