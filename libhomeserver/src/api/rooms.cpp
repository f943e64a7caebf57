// SPDX-License-Identifier: Apache-2.0
// New rooms and their aliases (client-server API, "Rooms").
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <string>
#include <utility>

#include "api/endpoints.hpp"
#include "api/refusal.hpp"
#include "events/room_maker.hpp"
#include "store/rooms.hpp"

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

result<answer> find_by_alias(step& s, call& c) {
    auto room = find_alias(s.db, c.parameter("alias"));
    if (!room) return not_found("there is no such alias");
    json::object body;
    body["room_id"] = std::move(*room);
    body["servers"] = json::array{s.server.name.str()};
    return answer(std::move(body));
}

}  // namespace

void add_rooms(service& to) {
    to.add_coroutine(method::post, "/createRoom", body_rule::optional, [&to](call c) { return create_with_random_id(to, std::move(c)); });
    to.add(method::get, "/directory/room/{alias}", access::anybody, body_rule::none, find_by_alias);
}

}  // namespace chatrixcd::homeserver
