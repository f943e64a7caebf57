// SPDX-License-Identifier: Apache-2.0
// Reports of what is inappropriate (client-server API, "Reporting Content"): kept in a table, nobody is told.
#include <string>
#include <utility>

#include <chatrixcd/base/json_reader.hpp>

#include "api/endpoints.hpp"
#include "api/refusal.hpp"
#include "store/accounts.hpp"
#include "store/events.hpp"
#include "store/reports.hpp"
#include "store/rooms.hpp"

namespace chatrixcd::homeserver {

using base::http::method;

namespace {

constexpr std::size_t most_bytes = 4096;

// Keeps a report with the body's reason; `needs_reason`: though it may be empty.
result<answer> keep(step& s, call const& c, report r, bool needs_reason) {
    std::optional<std::string> reason;
    base::json_reader reader(c.body, "request");
    reader.optional("reason", reason).optional("score", r.score);
    if (auto read = reader.finish(); !read) return bad_json(read.error().message());
    if (needs_reason && !reason) return missing_param("reason is missing");
    if (reason && reason->size() > most_bytes) return bad_request("M_TOO_LARGE", "the reason is longer than 4 KiB");
    r.reason = reason.value_or("");
    r.reporter = c.user.str();
    r.received_at = s.now;
    put_report(s.db, r);
    return answer();
}

result<answer> report_event(step& s, call& c) {
    auto const& room = c.parameter("room");
    auto const event = find_event(s.db, c.parameter("event"));
    if (!event || event->room != room || !is_joined(s.db, room, c.user.str())) {
        return not_found("there is no such event in a room that you are in");
    }
    report r;
    r.room = room;
    r.event = event->id;
    return keep(s, c, std::move(r), /*needs_reason=*/false);
}

result<answer> report_room(step& s, call& c) {
    if (find_version(s.db, c.parameter("room")) == nullptr) return not_found("there is no such room");
    report r;
    r.room = c.parameter("room");
    return keep(s, c, std::move(r), /*needs_reason=*/true);
}

result<answer> report_user(step& s, call& c) {
    if (!account_exists(s.db, c.parameter("user"))) return not_found("there is no such user");
    report r;
    r.user = c.parameter("user");
    return keep(s, c, std::move(r), /*needs_reason=*/true);
}

}  // namespace

void add_reports(service& to) {
    to.add(method::post, "/rooms/{room}/report/{event}", access::user, body_rule::optional, report_event);
    to.add(method::post, "/rooms/{room}/report", access::user, body_rule::required, report_room);
    to.add(method::post, "/users/{user}/report", access::user, body_rule::required, report_user);
}

}  // namespace chatrixcd::homeserver
