// SPDX-License-Identifier: Apache-2.0
#include "streams/hub.hpp"

#include <algorithm>
#include <utility>

namespace chatrixcd::homeserver {

void hub::wake(keys const& changed) {
    if (changed.empty()) return;
    ++count_;
    for (auto const& key : changed) {
        last_[key] = count_;
        auto const [first, end] = waiters_.equal_range(key);
        for (auto place = first; place != end; ++place) {
            place->second->woken_ = true;
            place->second->changed_.notify_all();
        }
    }
    if (last_.size() > most_keys) {
        last_.clear();
        forgotten_ = count_;
    }
}

void hub::stop() {
    stopped_ = true;
    for (auto const& [key, one] : waiters_) {
        one->woken_ = true;
        one->changed_.notify_all();
    }
}

bool hub::woken_since(mark since, keys const& wanted) const {
    if (stopped_ || forgotten_ > since) return true;
    return std::ranges::any_of(wanted, [&](std::string const& key) {
        auto const place = last_.find(key);
        return place != last_.end() && place->second > since;
    });
}

hub::waiter::waiter(hub& of, keys wanted) : hub_(of), keys_(std::move(wanted)), changed_(of.executor_) {
    for (auto const& key : keys_) hub_.waiters_.emplace(key, this);
}

hub::waiter::~waiter() {
    for (auto const& key : keys_) {
        auto const [first, end] = hub_.waiters_.equal_range(key);
        auto const mine = std::find_if(first, end, [this](auto const& entry) { return entry.second == this; });
        if (mine != end) hub_.waiters_.erase(mine);
    }
}

boost::asio::awaitable<bool> hub::waiter::wait() {
    while (!woken_) co_await changed_.wait();
    co_return true;
}

}  // namespace chatrixcd::homeserver
