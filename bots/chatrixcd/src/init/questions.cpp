// SPDX-License-Identifier: Apache-2.0
#include "init/questions.hpp"

#include <chatrixcd/base/text.hpp>
#include <istream>
#include <ostream>

#include "demo/quiet_terminal.hpp"

namespace chatrixcd::bot {

std::optional<std::string> questions::answer() {
    std::string line;
    if (!std::getline(in_, line)) return std::nullopt;
    auto const first = line.find_first_not_of(" \t\r");
    if (first == std::string::npos) return std::string();
    return line.substr(first, line.find_last_not_of(" \t\r") - first + 1);
}

std::optional<std::string> questions::ask(std::string const& question, std::string const& otherwise) {
    out_ << '\n' << question << (otherwise.empty() ? "" : " [" + otherwise + "]") << "\n> " << std::flush;
    auto said = answer();
    if (said && said->empty()) return otherwise;
    return said;
}

std::optional<std::string> questions::ask_secret(std::string const& question) {
    out_ << '\n' << question << " (what you type is not shown)\n> " << std::flush;
    quiet_terminal const hidden;
    auto said = answer();
    out_ << '\n';
    return said;
}

void questions::say(std::string const& line) { out_ << "  " << base::text::one_line(line) << std::endl; }

}  // namespace chatrixcd::bot
