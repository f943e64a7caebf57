// SPDX-License-Identifier: Apache-2.0
// Room aliases and the directory of rooms (client-server API, "Room aliases", "Published room directory").
#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/protocol/event_types.hpp>

#include "api/endpoints.hpp"
#include "api/refusal.hpp"
#include "events/power.hpp"
#include "rooms/room_summary.hpp"
#include "store/rooms.hpp"
#include "text/words.hpp"

namespace chatrixcd::homeserver {

namespace json = boost::json;
namespace types = protocol::event_types;
using base::http::method;

namespace {

constexpr std::string_view canonical_alias = "m.room.canonical_alias";
constexpr std::int64_t most_rooms = 1000;

result<void> check_alias(step const& s, std::string const& text) {
    auto const alias = protocol::room_alias::parse(text);
    if (!alias) return invalid_param("that is no room alias");
    if (alias.value().server() != s.server.name) return invalid_param("aliases here end in :" + s.server.name.str());
    return {};
}

result<answer> get_alias(step& s, call& c) {
    if (!protocol::room_alias::parse(c.parameter("alias"))) return invalid_param("that is no room alias");
    auto room = find_alias(s.db, c.parameter("alias"));
    if (!room) return not_found("there is no such alias");
    json::object body;
    body["room_id"] = std::move(*room);
    body["servers"] = json::array{s.server.name.str()};
    return answer(std::move(body));
}

result<answer> make_alias(step& s, call& c) {
    auto const& alias = c.parameter("alias");
    if (auto good = check_alias(s, alias); !good) return good.error();
    auto const room = base::find_string(c.body, "room_id");
    if (!room) return missing_param("room_id is missing");
    if (!is_joined(s.db, *room, c.user.str())) return forbidden("you are not in this room");
    if (!put_alias(s.db, alias, *room, c.user.str())) return error(error_kind::conflict, "this alias is taken");
    return answer();
}

// By who made it, or may say which is the room's own.
result<answer> remove_alias(step& s, call& c) {
    auto const& alias = c.parameter("alias");
    auto const room = find_alias(s.db, alias);
    if (!room) return not_found("there is no such alias");
    bool const own = creator_of_alias(s.db, alias) == c.user.str();
    if (!own && !may_send_state(s, *room, c.user, canonical_alias)) return forbidden("this alias is not yours");
    delete_alias(s.db, alias);
    return answer();
}

result<answer> list_aliases(step& s, call& c) {
    auto const& room = c.parameter("room");
    bool const open = state_string(s, room, types::history_visibility, "history_visibility") == "world_readable";
    if (!open && !is_joined(s.db, room, c.user.str())) return forbidden("you are not in this room");
    json::array aliases;
    for (auto& one : aliases_of(s.db, room)) aliases.emplace_back(std::move(one));
    json::object body;
    body["aliases"] = std::move(aliases);
    return answer(std::move(body));
}

result<answer> get_listing(step& s, call& c) {
    if (find_version(s.db, c.parameter("room")) == nullptr) return not_found("there is no such room");
    json::object body;
    body["visibility"] = is_listed(s.db, c.parameter("room")) ? "public" : "private";
    return answer(std::move(body));
}

result<answer> put_listing(step& s, call& c) {
    auto const& room = c.parameter("room");
    if (find_version(s.db, room) == nullptr) return not_found("there is no such room");
    auto const wanted = base::find_string(c.body, "visibility").value_or("public");
    if (wanted != "public" && wanted != "private") return invalid_param("visibility is public or private");
    if (!may_send_state(s, room, c.user, canonical_alias)) return forbidden("you may not say what is known of this room");
    set_listed(s.db, room, wanted == "public");
    return answer();
}

// What a client wants of the directory.
struct listing_wish {
    std::int64_t limit = most_rooms;
    std::size_t skip = 0;
    std::vector<std::string> words;
    std::optional<std::vector<std::string>> types;  // "" for rooms without one
};

result<void> read_place(std::optional<std::string> const& since, listing_wish& into) {
    if (!since || since->empty()) return {};
    auto const [end, problem] = std::from_chars(since->data() + 1, since->data() + since->size(), into.skip);
    bool const whole = since->front() == 'p' && problem == std::errc() && end == since->data() + since->size();
    if (!whole || into.skip > 1000000) return invalid_param("since is no token of this server");
    return {};
}

bool fits(listing_wish const& wish, json::object const& room) {
    auto const type = base::find_string(room, "room_type").value_or("");
    if (wish.types && std::ranges::find(*wish.types, type) == wish.types->end()) return false;
    std::string text;
    for (auto const* key : {"name", "topic", "canonical_alias", "room_id"}) text += base::find_string(room, key).value_or("") + " ";
    auto const folded = fold_case(text);
    return std::ranges::all_of(wish.words, [&](std::string const& word) { return folded.find(word) != std::string::npos; });
}

answer list_rooms(step& s, listing_wish const& wish) {
    json::array fitting;
    for (auto const& room : listed_rooms(s.db)) {
        auto summary = public_summary(s, room);
        if (fits(wish, summary)) fitting.push_back(std::move(summary));
    }
    auto const limit = static_cast<std::size_t>(std::clamp<std::int64_t>(wish.limit, 1, most_rooms));
    auto const first = std::min(wish.skip, fitting.size());
    auto const last = std::min(first + limit, fitting.size());
    json::object body;
    body["total_room_count_estimate"] = fitting.size();
    if (last < fitting.size()) body["next_batch"] = "p" + std::to_string(last);
    if (first > 0) body["prev_batch"] = "p" + std::to_string(first > limit ? first - limit : 0);
    auto& chunk = body["chunk"].emplace_array();
    for (auto place = first; place < last; ++place) chunk.push_back(std::move(fitting[place]));
    return answer(std::move(body));
}

result<void> check_server(step const& s, call const& c) {
    auto const asked = c.query("server");
    if (asked && *asked != s.server.name.str()) return forbidden("nothing is known of other servers: there is no federation");
    return {};
}

result<answer> get_rooms(step& s, call& c) {
    if (auto own = check_server(s, c); !own) return own.error();
    listing_wish wish;
    auto limit = c.count("limit", most_rooms);
    if (!limit) return limit.error();
    wish.limit = limit.value();
    if (auto read = read_place(c.query("since"), wish); !read) return read.error();
    return list_rooms(s, wish);
}

result<void> read_filter(json::object const& body, listing_wish& into) {
    auto const* filter = base::find_object(body, "filter");
    if (filter == nullptr) return {};
    into.words = words_of(base::find_string(*filter, "generic_search_term").value_or(""));
    auto const* types_wanted = base::find_array(*filter, "room_types");
    if (types_wanted == nullptr) return {};
    into.types.emplace();
    for (auto const& one : *types_wanted) {
        if (!one.is_string() && !one.is_null()) return bad_json("room_types holds something that is no string");
        into.types->push_back(one.is_null() ? std::string() : std::string(one.get_string()));
    }
    return {};
}

result<answer> search_rooms(step& s, call& c) {
    if (auto own = check_server(s, c); !own) return own.error();
    listing_wish wish;
    std::optional<std::string> since;
    base::json_reader reader(c.body, "request");
    reader.optional("limit", wish.limit).optional("since", since);
    if (auto read = reader.finish(); !read) return bad_json(read.error().message());
    if (auto read = read_place(since, wish); !read) return read.error();
    if (auto read = read_filter(c.body, wish); !read) return read.error();
    return list_rooms(s, wish);
}

}  // namespace

void add_directory(service& to) {
    to.add(method::get, "/directory/room/{alias}", access::anybody, body_rule::none, get_alias);
    to.add(method::put, "/directory/room/{alias}", access::user, body_rule::required, make_alias);
    to.add(method::delete_, "/directory/room/{alias}", access::user, body_rule::none, remove_alias);
    to.add(method::get, "/rooms/{room}/aliases", access::user, body_rule::none, list_aliases);
    to.add(method::get, "/directory/list/room/{room}", access::anybody, body_rule::none, get_listing);
    to.add(method::put, "/directory/list/room/{room}", access::user, body_rule::optional, put_listing);
    to.add(method::get, "/publicRooms", access::anybody, body_rule::none, get_rooms);
    to.add(method::post, "/publicRooms", access::user, body_rule::optional, search_rooms);
}

}  // namespace chatrixcd::homeserver
