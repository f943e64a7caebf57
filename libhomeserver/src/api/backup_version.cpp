// SPDX-License-Identifier: Apache-2.0
#include "api/backup_version.hpp"

#include <charconv>

#include "api/refusal.hpp"

namespace chatrixcd::homeserver {

std::optional<std::int64_t> parse_backup_version(std::string const& text) {
    std::int64_t number = 0;
    auto const [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    // Only as it was given out: "01" is another text.
    if (problem != std::errc() || end != text.data() + text.size() || std::to_string(number) != text) return std::nullopt;
    return number;
}

result<key_backup> find_backup(step& s, call const& c, std::string const& version) {
    auto const number = parse_backup_version(version);
    auto found = number ? find_backup(s.db, c.user.str(), *number) : std::nullopt;
    if (!found) return not_found("you have no key backup of this version");
    return std::move(*found);
}

}  // namespace chatrixcd::homeserver
