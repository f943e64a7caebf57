// SPDX-License-Identifier: Apache-2.0
// Requests of a person that have no name of their own in world.hpp, and answers of a homeserver that the embedded one does not give.
#pragma once

#include <doctest/doctest.h>

#include <boost/json/object.hpp>
#include <string>

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/base/url.hpp>

#include "support/world.hpp"

namespace chatrixcd::test {

inline boost::json::object ask_as(world& w, person const& who, base::http::method verb, std::string const& path,
                                  std::string const& body = "{}") {
    base::http::request r(verb, "/_matrix/client/v3" + path);
    std::move(r).with_bearer(who.token());
    if (verb != base::http::method::get) std::move(r).with_body(body);
    auto const said = w.run(w.server->handle(std::move(r)));
    INFO(path, " answered ", said.body);
    REQUIRE(said.status == 200);
    return base::parse_json_object(said.body).value();
}

inline std::string room_path(std::string const& room, std::string const& rest) { return "/rooms/" + base::percent_encode(room) + rest; }

inline void put_state_as(world& w, person const& who, std::string const& room, std::string const& type, std::string const& content) {
    ask_as(w, who, base::http::method::put, room_path(room, "/state/" + type + "/"), content);
}

inline std::string make_room_as(world& w, person const& who, std::string const& wish) {
    return base::find_string(ask_as(w, who, base::http::method::post, "/createRoom", wish), "room_id").value();
}

inline base::http::response json_answer(std::string body, unsigned status = 200) { return base::http::response(status, std::move(body)); }

}  // namespace chatrixcd::test
