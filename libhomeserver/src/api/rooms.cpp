// SPDX-License-Identifier: Apache-2.0
// New rooms, and rooms that take the place of older ones (client-server API, "Rooms", "Room Upgrades").
#include <boost/json/object.hpp>
#include <string>
#include <utility>

#include "api/endpoints.hpp"
#include "api/refusal.hpp"
#include "events/room_maker.hpp"
#include "rooms/upgrade.hpp"

namespace chatrixcd::homeserver {

namespace asio = boost::asio;
namespace json = boost::json;
using base::http::method;

namespace {

constexpr std::size_t room_id_length = 18;

result<answer> create_room(step& s, call& c) {
    auto wish = room_wish::read(c.body);
    if (!wish) return wish.error();
    auto room = make_room(s, c.user, std::move(wish.value()), c.fresh);
    if (!room) return room.error();
    json::object body;
    body["room_id"] = std::move(room.value());
    return answer(std::move(body));
}

asio::awaitable<result<answer>> create_with_random_id(service& in, call c) {
    c.fresh = in.options.random_source->token(room_id_length);
    co_return co_await in.run(access::user, std::move(c), create_room);
}

result<answer> upgrade(step& s, call& c) {
    auto room = upgrade_room(s, c.parameter("room"), c.user, c.body, c.fresh);
    if (!room) return room.error();
    json::object body;
    body["replacement_room"] = std::move(room.value());
    return answer(std::move(body));
}

asio::awaitable<result<answer>> upgrade_with_random_id(service& in, call c) {
    c.fresh = in.options.random_source->token(room_id_length);
    co_return co_await in.run(access::user, std::move(c), upgrade);
}

}  // namespace

void add_rooms(service& to) {
    to.add_coroutine(method::post, "/createRoom", body_rule::optional, [&to](call c) { return create_with_random_id(to, std::move(c)); });
    to.add_coroutine(method::post, "/rooms/{room}/upgrade", body_rule::required,
                     [&to](call c) { return upgrade_with_random_id(to, std::move(c)); });
}

}  // namespace chatrixcd::homeserver
