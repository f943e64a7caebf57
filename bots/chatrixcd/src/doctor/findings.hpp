// SPDX-License-Identifier: Apache-2.0
// What was found, a line each, printed as it is found.
#pragma once

#include <iosfwd>
#include <string>

#include <chatrixcd/base/error.hpp>

#include "exit_code.hpp"

namespace chatrixcd::bot {

class findings {
public:
    explicit findings(std::ostream& out) : out_(out) {}

    void good(std::string const& what);
    // It works, and not as one might think.
    void note(std::string const& what);
    // The bot would not work, or somebody would look for why.
    void bad(std::string const& what, exit_code means);
    void bad(std::string const& what, base::error const& why, exit_code means);
    // What could not be tried because of something bad.
    void skipped(std::string const& what);

    // That of the first bad one.
    exit_code outcome() const noexcept { return outcome_; }

private:
    void line(char const* verdict, std::string const& what);

    std::ostream& out_;
    exit_code outcome_ = exit_code::success;
};

}  // namespace chatrixcd::bot
