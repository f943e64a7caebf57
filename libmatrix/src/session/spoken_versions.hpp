// SPDX-License-Identifier: Apache-2.0
// What a homeserver says it can do (client-server API, "GET /_matrix/client/versions"). Versions alone say too little: servers offer what
// they have under unstable names before they have all of a version.
#pragma once

#include <boost/json/fwd.hpp>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace chatrixcd::matrix::detail {

class spoken_versions {
public:
    spoken_versions() = default;
    // Never fails: what is malformed in the answer is not offered.
    explicit spoken_versions(boost::json::object const& versions_answer);

    // Whether it speaks version `major`.`minor` of the specification, or a later one of the same major.
    bool speaks(unsigned major, unsigned minor) const;
    // Whether a flag of `unstable_features` is set.
    bool offers(std::string_view flag) const { return flags_.contains(flag); }

private:
    std::set<std::pair<unsigned, unsigned>> versions_;
    std::set<std::string, std::less<>> flags_;
};

}  // namespace chatrixcd::matrix::detail
