// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/matrix/history.hpp>

#include <algorithm>
#include <boost/json/serialize.hpp>

#include "client/runtime.hpp"
#include "requests/ask.hpp"
#include "requests/read.hpp"

namespace chatrixcd::matrix {

namespace asio = boost::asio;
namespace json = boost::json;
using detail::call;
using detail::client_path;
using detail::path_below;
using detail::text_of;

namespace {

constexpr std::string_view v1 = "/_matrix/client/v1";
constexpr std::size_t largest_page = 500;
// An event has at most 64 KiB, and the longest page must fit.
constexpr std::size_t most_answer = 64U << 20U;

std::string letter(direction way) { return way == direction::backwards ? "b" : "f"; }

result<event> event_from(json::object const& said) { return event::parse(said); }

result<event_context> context_from(json::object const& answer) {
    auto const* at = base::find_object(answer, "event");
    if (at == nullptr) return detail::incomplete("the event's context has no event");
    auto parsed = event::parse(*at);
    if (!parsed) return parsed.error();
    return event_context{std::move(*parsed),
                         detail::events_of(answer, "events_before"),
                         detail::events_of(answer, "events_after"),
                         detail::events_of(answer, "state"),
                         text_of(answer, "start"),
                         text_of(answer, "end")};
}

result<page<event>> page_from(json::object const& answer, std::string_view next) {
    if (base::find_array(answer, "chunk") == nullptr) return detail::incomplete("the page of events has no events");
    page<event> found;
    found.items = detail::events_of(answer, "chunk");
    found.next = text_of(answer, next);
    return found;
}

result<event_at> moment_from(json::object const& answer) {
    event_at found;
    found.id = detail::id_of<event_id>(answer, "event_id");
    if (found.id.empty()) return detail::incomplete("the homeserver's answer names no event");
    found.sent = base::time_point(base::duration(base::find_integer(answer, "origin_server_ts").value_or(0)));
    return found;
}

std::size_t bounded(std::size_t size) { return std::clamp<std::size_t>(size, 1, largest_page); }

}  // namespace

message_query message_query::going(direction which) && {
    way_ = which;
    return std::move(*this);
}

message_query message_query::from(std::string position) && {
    from_ = std::move(position);
    return std::move(*this);
}

message_query message_query::to(std::string position) && {
    to_ = std::move(position);
    return std::move(*this);
}

message_query message_query::filter(json::object const& room_event_filter) && {
    filter_ = json::serialize(room_event_filter);
    return std::move(*this);
}

message_query message_query::page_size(std::size_t events) && {
    size_ = bounded(events);
    return std::move(*this);
}

relation_query relation_query::of_relation(std::string rel_type) && {
    rel_type_ = std::move(rel_type);
    return std::move(*this);
}

relation_query relation_query::of_type(std::string event_type) && {
    event_type_ = std::move(event_type);
    return std::move(*this);
}

relation_query relation_query::going(direction which) && {
    way_ = which;
    return std::move(*this);
}

relation_query relation_query::recursive() && {
    recurse_ = true;
    return std::move(*this);
}

relation_query relation_query::page_size(std::size_t events) && {
    size_ = bounded(events);
    return std::move(*this);
}

asio::awaitable<result<event>> history::get(event_id id) const {
    auto request = call::get(client_path({"rooms", room_.str(), "event", id.str()})).named("asking for the event");
    return detail::ask_for<event>(*runtime_, std::move(request), event_from);
}

asio::awaitable<result<event_context>> history::context(event_id id, std::size_t around) const {
    auto request = call::get(client_path({"rooms", room_.str(), "context", id.str()})).max_response(most_answer);
    request = std::move(request).query("limit", std::to_string(std::min(around, largest_page))).named("asking for the event's context");
    return detail::ask_for<event_context>(*runtime_, std::move(request), context_from);
}

pages<event> history::messages(message_query which) const {
    auto start = which.start();
    auto fetch = [of = runtime_, room = room_, which = std::move(which)](std::string from) {
        auto request = call::get(client_path({"rooms", room.str(), "messages"})).max_response(most_answer).named("reading the room");
        request = std::move(request).query("dir", letter(which.way())).query("limit", std::to_string(which.size()));
        if (!from.empty()) request = std::move(request).query("from", from);
        if (!which.stop().empty()) request = std::move(request).query("to", which.stop());
        if (!which.filter_text().empty()) request = std::move(request).query("filter", which.filter_text());
        return detail::ask_for<page<event>>(*of, std::move(request), [](json::object const& o) { return page_from(o, "end"); });
    };
    return pages<event>(std::move(fetch), std::move(start));
}

pages<event> history::relations(event_id to, relation_query which) const {
    return pages<event>([of = runtime_, room = room_, to = std::move(to), which = std::move(which)](std::string from) {
        auto path = path_below(v1, {"rooms", room.str(), "relations", to.str()});
        if (!which.rel_type().empty()) {
            path += "/" + base::percent_encode(which.rel_type());
            if (!which.event_type().empty()) path += "/" + base::percent_encode(which.event_type());
        }
        auto request = call::get(std::move(path)).max_response(most_answer).named("reading what relates to the event");
        request = std::move(request).query("dir", letter(which.way())).query("limit", std::to_string(which.size()));
        if (which.recurse()) request = std::move(request).query("recurse", "true");
        if (!from.empty()) request = std::move(request).query("from", from);
        return detail::ask_for<page<event>>(*of, feature::relations, std::move(request),
                                            [](json::object const& o) { return page_from(o, "next_batch"); });
    });
}

pages<event> history::threads(bool only_ours) const {
    return pages<event>([of = runtime_, room = room_, only_ours](std::string from) {
        auto request = call::get(path_below(v1, {"rooms", room.str(), "threads"})).max_response(most_answer).named("listing the threads");
        request = std::move(request).query("limit", "50").query("include", only_ours ? "participated" : "all");
        if (!from.empty()) request = std::move(request).query("from", from);
        return detail::ask_for<page<event>>(*of, feature::threads, std::move(request),
                                            [](json::object const& o) { return page_from(o, "next_batch"); });
    });
}

asio::awaitable<result<event_at>> history::near(base::time_point time, direction way) const {
    auto request = call::get(path_below(v1, {"rooms", room_.str(), "timestamp_to_event"})).query("dir", letter(way));
    request = std::move(request).query("ts", std::to_string(time.time_since_epoch().count())).named("looking for an event by its time");
    return detail::ask_for<event_at>(*runtime_, feature::event_at_time, std::move(request), moment_from);
}

history room::history() const { return matrix::history(*runtime_, id_); }

}  // namespace chatrixcd::matrix
