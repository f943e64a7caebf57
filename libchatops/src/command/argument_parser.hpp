// SPDX-License-Identifier: Apache-2.0
// Gives the words of a line to the parameters of a command.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <chatrixcd/chatops/command/command.hpp>

namespace chatrixcd::chatops::detail {

class argument_parser {
public:
    // Both outlive the parser.
    argument_parser(command_data const& what, call& into) : what_(what), into_(into) {}

    // The first problem as one sentence, or nothing.
    std::optional<base::error> take_all(std::vector<token> const& words);

private:
    std::optional<base::error> take_option(std::vector<token> const& words, std::size_t& at);
    std::optional<base::error> take_assignment(token const& word);
    std::optional<base::error> take_positional(token const& word);
    std::optional<base::error> missing() const;
    std::optional<base::error> assign(std::size_t parameter, std::string_view name, std::string_view text);
    std::optional<std::size_t> find(parameter_kind kind) const;
    base::error no_such_option(std::string_view name) const;

    command_data const& what_;
    call& into_;
    std::size_t positional_ = 0;  // the next parameter that a plain word could fill
    std::set<std::string, std::less<>> given_;
};

std::vector<std::string> complete_argument(command_data const& what, std::vector<std::string> const& words);

}  // namespace chatrixcd::chatops::detail
