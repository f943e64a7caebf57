// SPDX-License-Identifier: Apache-2.0
// What was asked about rooms lately. The store has it all; this saves the way there, and forgets who was not asked about for longest.
#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <unordered_map>
#include <utility>

#include <chatrixcd/matrix/room_info.hpp>

namespace chatrixcd::matrix::detail {

class info_cache {
public:
    explicit info_cache(std::size_t most) : most_(most) {}

    // Null if it is not known.
    std::shared_ptr<room_info const> find(room_id const& room);
    void put(room_id const& room, std::shared_ptr<room_info const> info);
    // Something about the room has changed.
    void forget(room_id const& room);
    void clear();
    std::size_t size() const noexcept { return newest_first_.size(); }

private:
    using entry = std::pair<room_id, std::shared_ptr<room_info const>>;

    std::size_t most_;
    std::list<entry> newest_first_;
    std::unordered_map<room_id, std::list<entry>::iterator> places_;
};

}  // namespace chatrixcd::matrix::detail
