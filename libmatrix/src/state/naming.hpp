// SPDX-License-Identifier: Apache-2.0
// What to call users and rooms (client-server API, "Calculating the display name for a user" and "… for a room"). Pure.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace chatrixcd::matrix::detail {

// One who is or was in a room.
struct named_user {
    std::string id;
    std::string display_name;  // empty: none
};

// What to show for each, in their order: the display name, with the id behind it if another has the same.
std::vector<std::string> shown_names(std::vector<named_user> const& users);

// The name of a room that has neither name nor alias, from those who stand for it (without us). `others`: how many are in it beside us.
std::string name_from_people(std::vector<named_user> const& heroes, std::size_t others);

}  // namespace chatrixcd::matrix::detail
