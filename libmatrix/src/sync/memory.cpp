// SPDX-License-Identifier: Apache-2.0
#include "sync/memory.hpp"

#include <boost/json/object.hpp>

#include "state/room_table.hpp"

namespace chatrixcd::matrix::detail {

namespace asio = boost::asio;

namespace {

constexpr std::size_t most_asked = 3;

}  // namespace

asio::awaitable<bool> has_forgotten_us(receiver from) {
    auto find = [account = from.with().account](base::transaction& t) { return joined_rooms(t, account); };
    auto const rooms = co_await write_through(from.with(), std::move(find));
    std::size_t denied = 0;
    for (auto const& room : rooms) {
        if (denied == most_asked) break;
        auto request = call::get(client_path({"rooms", room.str(), "state", "m.room.create", ""})).named("asking for a room that we know");
        auto const answer = co_await from.homeserver().once(std::move(request));
        if (answer) co_return false;
        auto const kind = answer.error().kind();
        bool const is_denied = kind == base::error_kind::forbidden || kind == base::error_kind::not_found;
        if (!is_denied || answer.error().errcode().empty()) co_return false;
        ++denied;
    }
    co_return denied > 0;
}

}  // namespace chatrixcd::matrix::detail
