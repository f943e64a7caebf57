// SPDX-License-Identifier: Apache-2.0
#include "commands/meant_project.hpp"

#include <utility>

namespace chatrixcd::chatops::commands {

boost::asio::awaitable<base::result<known_project>> meant_project(services const& with, context const& asked,
                                                                  std::optional<std::string> word, std::string example) {
    auto const& prefix = asked.prefix();
    auto const known = co_await with.ci.projects(asked);
    if (!known) co_return known.error();
    if (known->empty()) co_return base::error(base::error_kind::not_found, "The CI has no projects that I can see.");
    if (word) {
        auto const found = find_project(*known, *word, prefix);
        if (!found) co_return found.error();
        co_return (*known)[*found];
    }
    if (known->size() > 1) {
        auto const before = prefix.empty() ? "" : prefix + " ";
        co_return base::error(base::error_kind::invalid, "There are " + std::to_string(known->size()) + " projects: which one?")
            .with_hint("`" + before + "projects` lists them; then `" + before + example + "`.");
    }
    co_return known->front();
}

}  // namespace chatrixcd::chatops::commands
