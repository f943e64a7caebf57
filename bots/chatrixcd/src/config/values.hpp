// SPDX-License-Identifier: Apache-2.0
// Turns nodes and plain text into typed values of the configuration, saying what would be right where they are not.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"
#include "config/diagnostics.hpp"
#include "config/keys.hpp"
#include "hjson/node.hpp"

namespace chatrixcd::bot {

std::optional<std::string> text_value(hjson::node const& n, std::string_view what, diagnostics& out);
std::optional<bool> boolean_value(hjson::node const& n, std::string_view what, diagnostics& out);
std::optional<std::vector<std::string>> list_value(hjson::node const& n, std::string_view what, diagnostics& out);
// Of a server: which rooms it is for. An empty list would be for all, which nobody means who writes one: it is a problem.
std::vector<std::string> room_list(hjson::node const& n, std::string_view what, diagnostics& out);
std::optional<secret_source> secret_value(hjson::node const& n, std::string_view what, diagnostics& out);

// Stores the file's value of a key; false if it was wrong (and said so).
bool assign(config& into, key const& k, hjson::node const& n, diagnostics& out);
// Stores a value that came as text (environment, command line). Lists: commas between the entries. Returns a sentence if it is wrong.
std::optional<std::string> assign_text(config& into, key const& k, std::string const& text);

}  // namespace chatrixcd::bot
