// SPDX-License-Identifier: Apache-2.0
// Which of the projects that somebody sees are meant.
#pragma once

#include <string>
#include <vector>

#include <chatrixcd/base/error.hpp>
#include <chatrixcd/semaphore/resources.hpp>
#include <chatrixcd/semaphore/server.hpp>

namespace chatrixcd::bot {

// "api, web": a list of them, with the number behind each name that several have: Semaphore keeps no names apart.
std::string shown_projects(std::vector<semaphore::project> const& seen);

// What the configuration is to name: names or numbers with commas between them, as they were said; empty: none was said. Error kind
// `invalid`: one is not among them, or is several.
base::result<std::vector<std::string>> chosen_projects(std::vector<semaphore::project> const& seen, std::string const& said);

}  // namespace chatrixcd::bot
