// SPDX-License-Identifier: Apache-2.0
#include "outbox/lookup.hpp"

#include <boost/json/object.hpp>

#include "sync/response.hpp"

namespace chatrixcd::matrix::detail {

namespace asio = boost::asio;

namespace {

constexpr unsigned most_pages = 40;
constexpr char const* page_size = "250";
// Between the homeserver's clock and ours.
constexpr base::duration clock_slack = std::chrono::hours(1);

}  // namespace

asio::awaitable<result<std::optional<event_id>>> look_up(api& homeserver, outbox_row row, user_id me) {
    std::string from;
    for (unsigned page = 0; page < most_pages; ++page) {
        auto request = call::get(client_path({"rooms", row.room.str(), "messages"}))
                           .query("dir", "b")
                           .query("limit", page_size)
                           .named("looking for a message that may have been sent");
        if (!from.empty()) request = std::move(request).query("from", from);
        auto const answer = co_await homeserver.once(std::move(request));
        if (!answer) co_return answer.error();
        auto const read = parse_page(*answer);
        if (!read) co_return read.error();
        for (auto const& e : read->events) {
            // Only our own events count: the times of others are theirs to choose.
            if (e.sender() != me) continue;
            if (e.content_text(key_member) == row.key) co_return std::optional<event_id>(e.id());
            if (e.sent() < row.created - clock_slack) co_return std::optional<event_id>();
        }
        if (read->end.empty() || read->end == from) break;
        from = read->end;
    }
    co_return std::optional<event_id>();
}

}  // namespace chatrixcd::matrix::detail
