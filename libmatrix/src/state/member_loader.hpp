// SPDX-License-Identifier: Apache-2.0
// Asks a homeserver that shows members lazily for all of a room's, once, when somebody wants to know.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <set>

#include <chatrixcd/base/notifier.hpp>
#include <chatrixcd/matrix/ids.hpp>

#include "http/api.hpp"
#include "state/services.hpp"

namespace chatrixcd::matrix::detail {

// A type of its own: a result<bool> that is copied becomes the answer to "has it a value".
enum class member_list : std::uint8_t { complete, outdated };

class member_loader {
public:
    // Both outlive it. `loaded` is told when the store has a room's members.
    member_loader(services& with, api& homeserver, std::function<void(room_id const&)> loaded)
        : with_(&with), api_(&homeserver), loaded_(std::move(loaded)), changed_(with.executor) {}

    // After it the store has all members of the room, or that one at least, or we are not in the room. One request a room at a time.
    // Errors: as any request's.
    boost::asio::awaitable<base::result<void>> ensure(room_id room, user_id one = {});

private:
    class turn;

    boost::asio::awaitable<base::result<member_list>> load(room_id room, std::int64_t asked_at);

    services* with_;
    api* api_;
    std::function<void(room_id const&)> loaded_;
    std::set<room_id> busy_;
    base::notifier changed_;
};

}  // namespace chatrixcd::matrix::detail
