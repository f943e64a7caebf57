// SPDX-License-Identifier: Apache-2.0
// What there is to join: the hierarchy of a space, the summary of a room (client-server API, "Spaces", "Room summary").
#include <algorithm>
#include <boost/json/object.hpp>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "api/endpoints.hpp"
#include "api/refusal.hpp"
#include "rooms/hierarchy.hpp"
#include "rooms/room_summary.hpp"
#include "store/rooms.hpp"

namespace chatrixcd::homeserver {

namespace json = boost::json;
using base::http::method;

namespace {

constexpr std::int64_t usual_page = 50;
constexpr std::int64_t most_page = 100;
constexpr std::int64_t usual_depth = 10;
constexpr std::int64_t most_depth = 30;

// A place in one tree, "h50_10_0": rooms passed, depth, suggested only. The tree is walked anew for each page.
std::string format_place(hierarchy::wish const& asked) {
    return fmt::format("h{}_{}_{}", asked.skip + asked.limit, asked.max_depth, asked.suggested_only ? 1 : 0);
}

// How many rooms were passed, if that is a place in this tree.
std::optional<std::size_t> read_place(std::string const& text, hierarchy::wish const& asked) {
    auto const end = fmt::format("_{}_{}", asked.max_depth, asked.suggested_only ? 1 : 0);
    if (!text.starts_with('h') || !text.ends_with(end)) return std::nullopt;
    std::size_t skip = 0;
    auto const* last = text.data() + text.size() - end.size();
    auto const [stop, problem] = std::from_chars(text.data() + 1, last, skip);
    if (problem != std::errc() || stop != last || skip > 1000000) return std::nullopt;
    return skip;
}

result<hierarchy::wish> read_wish(call const& c) {
    hierarchy::wish asked;
    asked.user = c.user.str();
    asked.suggested_only = c.query("suggested_only") == "true";
    auto limit = c.count("limit", usual_page);
    if (!limit) return limit.error();
    asked.limit = static_cast<std::size_t>(std::clamp<std::int64_t>(limit.value(), 1, most_page));
    auto depth = c.count("max_depth", usual_depth);
    if (!depth) return depth.error();
    asked.max_depth = static_cast<std::size_t>(std::min(depth.value(), most_depth));
    auto const from = c.query("from");
    if (!from || from->empty()) return asked;
    auto const skip = read_place(*from, asked);
    if (!skip) return invalid_param("from is no token of this server, or max_depth or suggested_only changed");
    asked.skip = *skip;
    return asked;
}

result<answer> get_hierarchy(step& s, call& c) {
    auto const& room = c.parameter("room");
    if (find_version(s.db, room) == nullptr || !may_see_summary(s, room, c.user.str())) return forbidden("you may not look into this room");
    auto asked = read_wish(c);
    if (!asked) return asked.error();
    hierarchy tree(s, asked.value());
    tree.walk(room);
    json::object body;
    body["rooms"] = tree.take_rooms();
    if (tree.has_more()) body["next_batch"] = format_place(asked.value());
    return answer(std::move(body));
}

result<answer> get_summary(step& s, call& c) {
    auto room = c.parameter("name");
    if (room.starts_with('#')) room = find_alias(s.db, room).value_or("");
    auto const user = c.user.str();
    if (find_version(s.db, room) == nullptr || !may_see_summary(s, room, user)) return not_found("there is no such room that you may see");
    auto body = room_summary(s, room);
    auto const member = user.empty() ? std::nullopt : find_membership(s.db, room, user);
    if (!user.empty()) body["membership"] = member ? member->membership : "leave";
    return answer(std::move(body));
}

}  // namespace

void add_spaces(service& to) {
    to.add(method::get, "/_matrix/client/v1/rooms/{room}/hierarchy", access::user, body_rule::none, get_hierarchy);
    to.add(method::get, "/_matrix/client/v1/room_summary/{name}", access::guest, body_rule::none, get_summary);
}

}  // namespace chatrixcd::homeserver
