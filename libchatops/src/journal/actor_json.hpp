// SPDX-License-Identifier: Apache-2.0
// Who asked, as the journal keeps it.
#pragma once

#include <string>
#include <string_view>

#include <chatrixcd/chatops/command/context.hpp>

namespace chatrixcd::chatops::journal {

std::string actor_to_text(actor const& who);
// Error kind `environment`: written by a program that knows other actors.
base::result<actor> actor_from_text(std::string_view text);

}  // namespace chatrixcd::chatops::journal
