// SPDX-License-Identifier: Apache-2.0
// A run as people name it: "3" or "#3"; left out, the last one of this room. A number without "#" that no run of ours has, in
// whatever room, is what the CI calls it.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <chatrixcd/chatops/command.hpp>

#include "commands/services.hpp"
#include "runs/record.hpp"

namespace chatrixcd::chatops {

namespace commands {

struct run_number {
    std::int64_t value = 0;
    bool is_ours = false;  // written with "#"
};

// The run that was meant. Runs of other rooms do not exist for this one; a local operator sees all. Error kind `not_found`.
boost::asio::awaitable<result<runs::record>> meant_run(services const& with, context const& asked, std::optional<run_number> number);

}  // namespace commands

template <>
struct presentation<commands::run_number> {
    static std::string name() { return "run"; }
    static base::result<commands::run_number> parse(std::string_view text);
    static std::vector<std::string> complete(std::string_view) { return {}; }
};

}  // namespace chatrixcd::chatops
