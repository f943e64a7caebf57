// SPDX-License-Identifier: Apache-2.0
// A conversation with whoever sits at the terminal, or with the lines of a file.
#pragma once

#include <iosfwd>
#include <optional>
#include <string>

namespace chatrixcd::bot {

class questions {
public:
    questions(std::istream& in, std::ostream& out) : in_(in), out_(out) {}

    // The answer without blanks around it; `otherwise` if it is empty. Nothing: there will be no more answers.
    std::optional<std::string> ask(std::string const& question, std::string const& otherwise = {});
    // What is typed is not shown.
    std::optional<std::string> ask_secret(std::string const& question);
    void say(std::string const& line);

private:
    std::optional<std::string> answer();

    std::istream& in_;
    std::ostream& out_;
};

}  // namespace chatrixcd::bot
