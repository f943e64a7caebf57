// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/matrix/search.hpp>

#include <algorithm>

#include "client/runtime.hpp"
#include "requests/ask.hpp"
#include "requests/read.hpp"

namespace chatrixcd::matrix {

namespace asio = boost::asio;
namespace json = boost::json;
using detail::call;
using detail::client_path;
using detail::text_of;

namespace {

constexpr std::size_t most_answer = 64U << 20U;

std::optional<search_hit> hit_from(json::value const& item) {
    auto const* said = item.if_object();
    auto const* at = said != nullptr ? base::find_object(*said, "result") : nullptr;
    if (at == nullptr) return std::nullopt;
    auto parsed = event::parse(*at);
    if (!parsed) return std::nullopt;
    search_hit found{std::move(*parsed), detail::id_of<room_id>(*at, "room_id"), 0, {}, {}, detail::keep(*said)};
    auto const* rank = said->if_contains("rank");
    if (rank != nullptr && rank->is_number()) found.rank = rank->to_number<double>();
    if (auto const* context = base::find_object(*said, "context")) {
        found.before = detail::events_of(*context, "events_before");
        found.after = detail::events_of(*context, "events_after");
    }
    return found;
}

result<page<search_hit>> hits_from(json::object const& answer) {
    auto const* categories = base::find_object(answer, "search_categories");
    auto const* events = categories != nullptr ? base::find_object(*categories, "room_events") : nullptr;
    if (events == nullptr) return detail::incomplete("the search's answer has no results");
    page<search_hit> found;
    if (auto const* results = base::find_array(*events, "results")) {
        for (auto const& item : *results) {
            if (auto hit = hit_from(item)) found.items.push_back(std::move(*hit));
        }
    }
    found.next = text_of(*events, "next_batch");
    return found;
}

result<found_users> users_from(json::object const& answer) {
    auto const* results = base::find_array(answer, "results");
    if (results == nullptr) return detail::incomplete("the user directory's answer has no results");
    found_users found;
    for (auto const& item : *results) {
        auto const* said = item.if_object();
        if (said == nullptr) continue;
        found_user one;
        one.user = detail::id_of<user_id>(*said, "user_id");
        if (one.user.empty()) continue;
        one.display_name = text_of(*said, "display_name");
        one.avatar_url = text_of(*said, "avatar_url");
        found.users.push_back(std::move(one));
    }
    found.limited = detail::flag_of(answer, "limited");
    return found;
}

template <class Id>
json::array list_of(std::vector<Id> const& ids) {
    json::array list;
    for (auto const& id : ids) list.emplace_back(id.str());
    return list;
}

}  // namespace

search_query search_query::in(room_id room) && {
    rooms_.push_back(std::move(room));
    return std::move(*this);
}

search_query search_query::by(user_id sender) && {
    senders_.push_back(std::move(sender));
    return std::move(*this);
}

search_query search_query::by_rank() && {
    ranked_ = true;
    return std::move(*this);
}

search_query search_query::context(std::size_t before, std::size_t after) && {
    before_ = std::min<std::size_t>(before, 50);
    after_ = std::min<std::size_t>(after, 50);
    return std::move(*this);
}

search_query search_query::page_size(std::size_t hits) && {
    page_size_ = std::clamp<std::size_t>(hits, 1, 500);
    return std::move(*this);
}

json::object search_query::request() const {
    json::object filter;
    filter["limit"] = page_size_;
    if (!rooms_.empty()) filter["rooms"] = list_of(rooms_);
    if (!senders_.empty()) filter["senders"] = list_of(senders_);
    json::object events;
    events["search_term"] = words_;
    events["keys"] = json::array({"content.body"});
    events["order_by"] = ranked_ ? "rank" : "recent";
    events["filter"] = std::move(filter);
    json::object context;
    context["before_limit"] = before_;
    context["after_limit"] = after_;
    if (before_ + after_ > 0) events["event_context"] = std::move(context);
    json::object categories;
    categories["room_events"] = std::move(events);
    json::object body;
    body["search_categories"] = std::move(categories);
    return body;
}

pages<search_hit> search::messages(search_query what) const {
    return pages<search_hit>([of = runtime_, what = std::move(what)](std::string from) {
        auto request = call::post(client_path({"search"})).body(what.request()).again().max_response(most_answer);
        request = std::move(request).named("searching messages");
        if (!from.empty()) request = std::move(request).query("next_batch", from);
        return detail::ask_for<page<search_hit>>(*of, feature::search, std::move(request), hits_from);
    });
}

asio::awaitable<result<found_users>> search::users(std::string words, std::size_t limit) const {
    json::object body;
    body["search_term"] = std::move(words);
    body["limit"] = std::clamp<std::size_t>(limit, 1, 500);
    auto request = call::post(client_path({"user_directory", "search"})).body(body).again().named("searching users");
    return detail::ask_for<found_users>(*runtime_, feature::user_directory, std::move(request), users_from);
}

search client::search() const { return matrix::search(*runtime_); }

}  // namespace chatrixcd::matrix
