// SPDX-License-Identifier: Apache-2.0
// Finding users (client-server API, "User directory"): those who share a room with the one who asks, or are in a room that anybody may
// join or read.
#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <string>
#include <utility>

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/protocol/event_types.hpp>

#include "api/endpoints.hpp"
#include "api/refusal.hpp"
#include "rooms/room_summary.hpp"
#include "store/accounts.hpp"
#include "store/presence.hpp"
#include "store/rooms.hpp"
#include "text/words.hpp"

namespace chatrixcd::homeserver {

namespace json = boost::json;
namespace types = protocol::event_types;
using base::http::method;

namespace {

constexpr std::int64_t usual_results = 10;
constexpr std::int64_t most_results = 50;

bool is_in_public(step& s, std::string const& user) {
    auto const is_open = [&](membership_row const& member) {
        return member.membership == "join" &&
               (state_string(s, member.room, types::join_rules, "join_rule") == "public" ||
                state_string(s, member.room, types::history_visibility, "history_visibility") == "world_readable");
    };
    return std::ranges::any_of(memberships_of(s.db, user), is_open);
}

bool fits(account const& who, std::string const& term) {
    return fold_case(who.user).find(term) != std::string::npos || fold_case(who.displayname.value_or("")).find(term) != std::string::npos;
}

json::object describe(account const& who) {
    json::object entry;
    entry["user_id"] = who.user;
    if (who.displayname) entry["display_name"] = *who.displayname;
    if (who.avatar_url) entry["avatar_url"] = *who.avatar_url;
    return entry;
}

result<answer> search_users(step& s, call& c) {
    std::string term;
    std::int64_t limit = usual_results;
    base::json_reader reader(c.body, "request");
    reader.required("search_term", term).optional("limit", limit);
    if (auto read = reader.finish(); !read) return bad_json(read.error().message());
    auto const most = static_cast<std::size_t>(std::clamp<std::int64_t>(limit, 1, most_results));
    auto const folded = fold_case(term);
    json::array results;
    bool limited = false;
    for (auto const& who : active_accounts(s.db)) {
        if (folded.empty() || who.user == c.user.str() || !fits(who, folded)) continue;
        if (!share_a_room(s.db, who.user, c.user.str()) && !is_in_public(s, who.user)) continue;
        limited = results.size() == most;
        if (limited) break;
        results.push_back(describe(who));
    }
    json::object body;
    body["results"] = std::move(results);
    body["limited"] = limited;
    return answer(std::move(body));
}

}  // namespace

void add_user_directory(service& to) { to.add(method::post, "/user_directory/search", access::user, body_rule::required, search_users); }

}  // namespace chatrixcd::homeserver
