// SPDX-License-Identifier: Apache-2.0
#include "streams/typing.hpp"

namespace chatrixcd::homeserver {

bool typing_lists::start(std::string const& room, std::string const& user, base::duration until) {
    auto& list = rooms_[room];
    bool const is_new = list.until.insert_or_assign(user, until).second;
    if (is_new) list.changed = ++last_;
    return is_new;
}

bool typing_lists::stop(std::string const& room, std::string const& user) {
    auto const place = rooms_.find(room);
    if (place == rooms_.end() || place->second.until.erase(user) == 0) return false;
    place->second.changed = ++last_;
    return true;
}

std::vector<std::string> typing_lists::expire(base::duration now) {
    std::vector<std::string> changed;
    for (auto& [room, list] : rooms_) {
        if (std::erase_if(list.until, [now](auto const& entry) { return entry.second <= now; }) == 0) continue;
        list.changed = ++last_;
        changed.push_back(room);
    }
    return changed;
}

std::optional<base::duration> typing_lists::next_expiry() const {
    std::optional<base::duration> next;
    for (auto const& [room, list] : rooms_) {
        for (auto const& [user, until] : list.until) {
            if (!next || until < *next) next = until;
        }
    }
    return next;
}

typing_lists::lists typing_lists::changed_since(std::int64_t number) const {
    lists changed;
    for (auto const& [room, list] : rooms_) {
        if (list.changed <= number) continue;
        auto& users = changed[room];
        for (auto const& [user, until] : list.until) users.push_back(user);
    }
    return changed;
}

}  // namespace chatrixcd::homeserver
