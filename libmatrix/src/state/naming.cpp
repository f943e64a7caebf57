// SPDX-License-Identifier: Apache-2.0
#include "state/naming.hpp"

#include <unordered_map>

namespace chatrixcd::matrix::detail {

namespace {

std::string joined(std::vector<std::string> const& names, bool more) {
    std::string text;
    for (std::size_t i = 0; i < names.size(); ++i) {
        bool const is_last = !more && i + 1 == names.size();
        if (i > 0) text += is_last ? " and " : ", ";
        text += names[i];
    }
    return text;
}

}  // namespace

std::vector<std::string> shown_names(std::vector<named_user> const& users) {
    std::unordered_map<std::string, std::size_t> bearers;
    for (auto const& user : users) ++bearers[user.display_name];
    std::vector<std::string> names;
    names.reserve(users.size());
    for (auto const& user : users) {
        if (user.display_name.empty()) {
            names.push_back(user.id);
        } else if (bearers[user.display_name] > 1) {
            names.push_back(user.display_name + " (" + user.id + ")");
        } else {
            names.push_back(user.display_name);
        }
    }
    return names;
}

std::string name_from_people(std::vector<named_user> const& heroes, std::size_t others) {
    auto const names = shown_names(heroes);
    if (others == 0) return names.empty() ? "Empty room" : "Empty room (was " + joined(names, false) + ")";
    if (names.empty()) return others == 1 ? "One other" : std::to_string(others) + " others";
    if (names.size() >= others) return joined(names, false);
    auto const rest = others - names.size();
    return joined(names, true) + " and " + std::to_string(rest) + (rest == 1 ? " other" : " others");
}

}  // namespace chatrixcd::matrix::detail
