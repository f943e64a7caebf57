// SPDX-License-Identifier: Apache-2.0
// The server, its user and the tokens of that.
#include <fmt/format.h>

#include <algorithm>
#include <boost/json/object.hpp>

#include <chatrixcd/base/secret.hpp>

#include "answers.hpp"
#include "double_state.hpp"

namespace chatrixcd::semaphore::testing {

namespace {

constexpr std::size_t shown_of_token = 8;

json::object shape_of_token(std::string const& id, flavour const& as) {
    json::object shape{{"id", id}, {"created", as.ids_count_down ? "0001-01-01T00:00:00Z" : "2024-10-25T00:05:20Z"}};
    shape["expired"] = false;
    shape["user_id"] = 1;
    return shape;
}

std::string shown_token(std::string const& whole, flavour const& as) { return as.shows_tokens ? whole : whole.substr(0, shown_of_token); }

}  // namespace

response server::state::ping(routed_request const&) { return response(200, "pong", "text/plain; charset=utf-8"); }

response server::state::info(routed_request const&) {
    return answer(json::object{{"ansible", ""}, {"version", as.version}, {"web_host", ""}});
}

response server::state::whoami(routed_request const&) {
    return answer(json::object{{"id", 1}, {"username", "bot"}, {"name", "Bot"}, {"email", "bot@example.org"}, {"admin", false}});
}

bool server::state::is_accepted(std::string const& authorization) const {
    auto const is_it = [&](std::string const& each) { return base::equal_constant_time(authorization, "Bearer " + each); };
    return is_it(accepted) || std::ranges::any_of(further_tokens, is_it);
}

response server::state::list_tokens(routed_request const&) {
    json::array all;
    all.push_back(shape_of_token(shown_token(accepted, as), as));
    for (auto const& each : further_tokens) all.push_back(shape_of_token(shown_token(each, as), as));
    return answer(std::move(all));
}

response server::state::make_token(routed_request const&) {
    ++last_token;
    further_tokens.push_back(fmt::format("{:08}={:032}", last_token, last_token));
    return answer(shape_of_token(further_tokens.back(), as), 201);
}

// Newer servers take the beginning of one, and remove every one that begins so.
response server::state::remove_token(routed_request const& r) {
    auto const begin = r.parameter("token");
    if (!as.shows_tokens && begin.size() < shown_of_token) return answer(400U);
    auto const is_meant = [&](std::string const& each) { return as.shows_tokens ? each == begin : each.starts_with(begin); };
    auto const removed = std::erase_if(further_tokens, is_meant);
    return answer(removed == 0 && as.ids_count_down ? 404U : 204U);
}

}  // namespace chatrixcd::semaphore::testing
