// SPDX-License-Identifier: Apache-2.0
// A Semaphore server in the configuration: an entry of `ci`, or the section `semaphore`.
#pragma once

#include <optional>
#include <string>

#include "config/config.hpp"
#include "config/diagnostics.hpp"
#include "hjson/node.hpp"

namespace chatrixcd::bot {

ci_config read_semaphore_entry(hjson::node const& n, std::string const& what, diagnostics& out);

// What is wrong with the address of a server, in a sentence.
std::optional<std::string> wrong_url(std::string const& url);
// Whether a token would go over the network for everybody to read.
bool is_unprotected(std::string const& url);

}  // namespace chatrixcd::bot
