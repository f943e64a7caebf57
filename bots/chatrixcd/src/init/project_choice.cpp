// SPDX-License-Identifier: Apache-2.0
#include "init/project_choice.hpp"

#include <algorithm>

namespace chatrixcd::bot {
namespace {

using semaphore::project;

auto count_of(std::vector<project> const& seen, std::string const& name) { return std::ranges::count(seen, name, &project::name); }

// The words between commas, without the blanks around them.
std::vector<std::string> parts_of(std::string const& said) {
    std::vector<std::string> parts;
    for (std::size_t at = 0; at < said.size();) {
        auto const comma = std::min(said.find(',', at), said.size());
        auto part = said.substr(at, comma - at);
        part.erase(0, std::min(part.find_first_not_of(' '), part.size()));
        part.erase(part.find_last_not_of(' ') + 1);
        at = comma + 1;
        if (!part.empty()) parts.push_back(std::move(part));
    }
    return parts;
}

std::string numbers_of(std::vector<project> const& seen, std::string const& name) {
    std::string numbers;
    for (auto const& each : seen) {
        if (each.name == name) numbers += (numbers.empty() ? "" : " or ") + each.id.str();
    }
    return numbers;
}

}  // namespace

std::string shown_projects(std::vector<project> const& seen) {
    std::string list;
    for (auto const& each : seen) {
        list += (list.empty() ? "" : ", ") + each.name;
        if (count_of(seen, each.name) > 1) list += " (number " + each.id.str() + ")";
    }
    return list;
}

base::result<std::vector<std::string>> chosen_projects(std::vector<project> const& seen, std::string const& said) {
    auto parts = parts_of(said);
    for (auto const& part : parts) {
        bool const is_number = std::ranges::any_of(seen, [&](project const& p) { return p.id.str() == part; });
        auto const namesakes = count_of(seen, part);
        if (is_number || namesakes == 1) continue;
        if (namesakes > 1) {
            return base::error(base::error_kind::invalid,
                               "several projects are called `" + part + "`: give the number, " + numbers_of(seen, part));
        }
        return base::error(base::error_kind::invalid, "there is no project `" + part + "` among " + shown_projects(seen));
    }
    return parts;
}

}  // namespace chatrixcd::bot
