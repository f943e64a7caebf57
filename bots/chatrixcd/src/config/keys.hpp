// SPDX-License-Identifier: Apache-2.0
// The table of scalar keys: one row each, from which come reading, the environment's names, `check` and docs/configuration.md.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "config/config.hpp"

namespace chatrixcd::bot {

using text_member = std::string& (*)(config&);
using list_member = std::vector<std::string>& (*)(config&);
using secret_member = secret_source& (*)(config&);

struct key {
    std::string_view section;
    std::string_view name;
    std::string_view meaning;
    std::string_view example;  // a value as it would stand in the file
    std::variant<text_member, list_member, secret_member> member;
    std::vector<std::string_view> choices;  // not empty: one of these

    std::string path() const;         // "matrix.user_id"
    std::string environment() const;  // "CHATRIXCD_MATRIX_USER_ID"
    bool is_secret() const noexcept { return std::holds_alternative<secret_member>(member); }
};

std::span<key const> all_keys();
key const* find_key(std::string_view path);

}  // namespace chatrixcd::bot
