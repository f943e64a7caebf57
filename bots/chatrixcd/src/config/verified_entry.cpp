// SPDX-License-Identifier: Apache-2.0
#include "config/verified_entry.hpp"

#include <utility>

namespace chatrixcd::bot {

base::result<matrix::trusted_key> read_verified_entry(std::string const& entry) {
    auto const blank = entry.find(' ');
    auto user = matrix::user_id::parse(entry.substr(0, blank));
    if (!user) return base::error(base::error_kind::invalid, "its first word is no Matrix id");
    if (blank == std::string::npos) return base::error(base::error_kind::invalid, "it has no key");
    return matrix::trusted_key::parse(std::move(*user), entry.substr(blank + 1));
}

std::vector<matrix::trusted_key> verified_entries(std::vector<std::string> const& entries) {
    std::vector<matrix::trusted_key> keys;
    for (auto const& entry : entries) {
        if (auto key = read_verified_entry(entry)) keys.push_back(std::move(*key));
    }
    return keys;
}

}  // namespace chatrixcd::bot
