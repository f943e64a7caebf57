// SPDX-License-Identifier: Apache-2.0
// Which paths a rule is about.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace chatrixcd::homeserver::testing::detail {

class path_pattern {
public:
    // As faults::on() describes it; "**" fits every path.
    explicit path_pattern(std::string_view text);
    // `path` as it came, percent-encoded and without a query.
    bool fits(std::string_view path) const;

private:
    std::vector<std::string> segments_;
    bool any_rest_ = false;
};

}  // namespace chatrixcd::homeserver::testing::detail
