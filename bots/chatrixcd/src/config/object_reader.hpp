// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "config/diagnostics.hpp"
#include "hjson/node.hpp"

namespace chatrixcd::bot {

// Reads the members of one object by a table of functions; what the table does not know is a warning. All that it is given must outlive it.
class object_reader {
public:
    using take = std::function<void(hjson::node const&, std::string const& path)>;

    object_reader(hjson::node const& n, std::string what, diagnostics& out) : node_(n), what_(std::move(what)), out_(out) {}

    object_reader& on(std::string name, take how);
    object_reader& text(std::string name, std::string& into);
    // False if it is no object.
    bool read();
    // A problem, with an example, if the value is empty.
    void require(std::string const& value, std::string_view name, std::string_view example);

private:
    hjson::node const& node_;
    std::string what_;
    diagnostics& out_;
    std::map<std::string, take> table_;
};

}  // namespace chatrixcd::bot
