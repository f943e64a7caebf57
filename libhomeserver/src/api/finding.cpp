// SPDX-License-Identifier: Apache-2.0
// Places in a room's history: the threads, the event at a time (client-server API, "Querying threads in a room", "Jump to date").
#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <charconv>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "api/endpoints.hpp"
#include "api/refusal.hpp"
#include "events/client_format.hpp"
#include "events/visibility.hpp"
#include "store/events.hpp"

namespace chatrixcd::homeserver {

namespace json = boost::json;
using base::http::method;

namespace {

constexpr std::int64_t usual_page = 50;
constexpr std::int64_t most_page = 100;
// Candidates that are looked at for one answer.
constexpr std::int64_t most_looks = 500;

// "r12": threads whose latest event came before that.
result<std::int64_t> read_place(call const& c) {
    auto const from = c.query("from");
    if (!from || from->empty()) return std::numeric_limits<std::int64_t>::max();
    std::int64_t place = 0;
    auto const [end, problem] = std::from_chars(from->data() + 1, from->data() + from->size(), place);
    bool const whole = from->front() == 'r' && problem == std::errc() && end == from->data() + from->size() && place > 0;
    if (!whole) return invalid_param("from is no token of this server");
    return place;
}

result<answer> get_threads(step& s, call& c) {
    auto const& room = c.parameter("room");
    visibility may(s, room, c.user.str());
    if (!may.may_enter()) return forbidden("you are not in this room");
    auto const include = c.query("include").value_or("all");
    if (include != "all" && include != "participated") return invalid_param("include is all or participated");
    auto limit = c.count("limit", usual_page);
    if (!limit) return limit.error();
    auto const most = static_cast<std::size_t>(std::clamp<std::int64_t>(limit.value(), 1, most_page));
    auto before = read_place(c);
    if (!before) return before.error();

    json::array chunk;
    auto const threads = threads_of(s.db, room, before.value(), most_looks);
    std::optional<std::int64_t> rest;
    for (auto const& thread : threads) {
        if (chunk.size() == most) break;
        rest = thread.latest;
        auto const root = find_event(s.db, thread.root);
        if (!root || root->room != room || !may.may_see(*root)) continue;
        if (include == "participated" && root->sender != c.user.str() && !has_related(s.db, root->id, "m.thread", c.user.str())) continue;
        chunk.push_back(client_event(s, *root, c.who(), event_shape::alone));
    }
    bool const more = !threads.empty() && (rest != threads.back().latest || static_cast<std::int64_t>(threads.size()) == most_looks);
    json::object body;
    body["chunk"] = std::move(chunk);
    if (more && rest) body["next_batch"] = "r" + std::to_string(*rest);
    return answer(std::move(body));
}

result<answer> find_by_time(step& s, call& c) {
    auto const& room = c.parameter("room");
    auto const direction = c.query("dir");
    if (!direction) return missing_param("dir is missing: b or f");
    if (*direction != "b" && *direction != "f") return invalid_param("dir is b or f");
    if (!c.query("ts")) return missing_param("ts is missing");
    auto when = c.count("ts", 0);
    if (!when) return when.error();
    visibility may(s, room, c.user.str());
    if (!may.may_enter()) return forbidden("you are not in this room");
    for (auto const& event : events_by_time(s.db, room, when.value(), *direction == "b", most_looks)) {
        if (!may.may_see(event)) continue;
        json::object body;
        body["event_id"] = event.id;
        body["origin_server_ts"] = event.origin_server_ts;
        return answer(std::move(body));
    }
    return not_found("there is no event that way");
}

}  // namespace

void add_finding(service& to) {
    to.add(method::get, "/_matrix/client/v1/rooms/{room}/threads", access::user, body_rule::none, get_threads);
    to.add(method::get, "/_matrix/client/v1/rooms/{room}/timestamp_to_event", access::user, body_rule::none, find_by_time);
}

}  // namespace chatrixcd::homeserver
