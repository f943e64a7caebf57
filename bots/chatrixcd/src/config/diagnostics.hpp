// SPDX-License-Identifier: Apache-2.0
// Collects what is wrong with a configuration file, each with its place.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "hjson/node.hpp"

namespace chatrixcd::bot {

class diagnostics {
public:
    explicit diagnostics(std::string file_name) : file_(std::move(file_name)) {}

    // "config.hjson:3:7: matrix.user_id: is a number, should be a string"
    void problem(hjson::position at, std::string_view what, std::string_view sentence);
    void warning(hjson::position at, std::string_view what, std::string_view sentence);
    std::string place(hjson::position at) const;

    std::vector<std::string> problems;
    std::vector<std::string> warnings;

private:
    std::string file_;
};

// The candidate that is at most two typing errors away, or empty: for "did you mean".
std::string nearest(std::string_view word, std::vector<std::string> const& candidates);

}  // namespace chatrixcd::bot
