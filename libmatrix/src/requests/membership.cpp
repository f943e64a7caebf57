// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/matrix/membership.hpp>

#include "client/runtime.hpp"
#include "requests/ask.hpp"
#include "requests/read.hpp"

namespace chatrixcd::matrix {

namespace asio = boost::asio;
using detail::call;
using detail::client_path;

asio::awaitable<result<room_id>> membership::knock(std::string room_or_alias, std::vector<std::string> via, std::string reason) const {
    boost::json::object body;
    if (!reason.empty()) body["reason"] = std::move(reason);
    auto request = call::post(client_path({"knock", room_or_alias})).body(body).again().named("knocking at " + room_or_alias);
    // "via" is the newer name (since v1.12); older homeservers know the other one.
    for (auto const& server : via) request = std::move(request).query("via", server).query("server_name", server);
    return detail::ask_for<room_id>(*runtime_, feature::knock, std::move(request), detail::read_room_id);
}

asio::awaitable<result<void>> membership::forget(room_id room) const {
    auto request = call::post(client_path({"rooms", room.str(), "forget"})).again().named("forgetting the room");
    return tell(*runtime_, std::move(request));
}

asio::awaitable<result<std::vector<room_id>>> membership::joined_rooms() const {
    auto request = call::get(client_path({"joined_rooms"})).named("asking for our rooms");
    return detail::ask_for<std::vector<room_id>>(*runtime_, std::move(request),
                                                 [](boost::json::object const& o) { return detail::read_ids<room_id>(o, "joined_rooms"); });
}

membership client::membership() const { return matrix::membership(*runtime_); }

}  // namespace chatrixcd::matrix
