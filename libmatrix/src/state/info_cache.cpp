// SPDX-License-Identifier: Apache-2.0
#include "state/info_cache.hpp"

namespace chatrixcd::matrix::detail {

std::shared_ptr<room_info const> info_cache::find(room_id const& room) {
    auto const found = places_.find(room);
    if (found == places_.end()) return nullptr;
    newest_first_.splice(newest_first_.begin(), newest_first_, found->second);
    return found->second->second;
}

void info_cache::put(room_id const& room, std::shared_ptr<room_info const> info) {
    forget(room);
    if (most_ == 0) return;
    if (newest_first_.size() == most_) {
        places_.erase(newest_first_.back().first);
        newest_first_.pop_back();
    }
    newest_first_.emplace_front(room, std::move(info));
    places_.emplace(room, newest_first_.begin());
}

void info_cache::clear() {
    places_.clear();
    newest_first_.clear();
}

void info_cache::forget(room_id const& room) {
    auto const found = places_.find(room);
    if (found == places_.end()) return;
    newest_first_.erase(found->second);
    places_.erase(found);
}

}  // namespace chatrixcd::matrix::detail
