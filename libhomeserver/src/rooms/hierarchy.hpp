// SPDX-License-Identifier: Apache-2.0
// The tree of rooms below a space (client-server API, "Spaces"), depth first, each room once.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cstddef>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "events/step.hpp"

namespace chatrixcd::homeserver {

class hierarchy {
public:
    struct wish {
        std::string user;
        bool suggested_only = false;
        std::size_t max_depth = 10;
        // The page: how many rooms to pass over, how many to take.
        std::size_t skip = 0;
        std::size_t limit = 50;
    };
    hierarchy(step& s, wish asked) : step_(s), asked_(std::move(asked)) {}

    // Walks from a room that the user may see.
    void walk(std::string const& root);
    boost::json::array take_rooms() { return std::move(rooms_); }
    bool has_more() const noexcept { return more_; }

private:
    // Past this the tree is cut: whoever builds such a thing means no good.
    static constexpr std::size_t most_rooms = 1000;

    struct child;
    std::vector<child> children_of(std::string const& room) const;
    void visit(std::string const& room, std::size_t depth);

    step& step_;
    wish asked_;
    std::set<std::string> seen_;
    boost::json::array rooms_;
    std::size_t found_ = 0;
    bool more_ = false;
};

}  // namespace chatrixcd::homeserver
