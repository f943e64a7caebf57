// SPDX-License-Identifier: Apache-2.0
// From inbox rows to the user's handlers.
#include <boost/json/object.hpp>

#include <chatrixcd/base/json_reader.hpp>

#include "client/keys.hpp"
#include "client/runtime.hpp"
#include "content/event_access.hpp"

namespace chatrixcd::matrix::detail {

namespace asio = boost::asio;

namespace {

// With an ordinal it must stay a key.
constexpr std::size_t longest_origin = 200;

}  // namespace

// What is sent through it has keys from the event, so that a handler that runs again sends nothing twice.
matrix::room runtime::room_of(inbox_row const& row) {
    auto origin = row.event_id;
    if (origin.size() > longest_origin) origin = row.trace;
    return matrix::room(*this, row.room, std::make_shared<key_series>(std::move(origin)));
}

message runtime::message_of(inbox_row const& row, event content) {
    return message(room_of(row), std::move(content), row.trace, static_cast<unsigned>(row.tries), row.received, row.restored);
}

asio::awaitable<void> runtime::handle(inbox_row row) {
    if (row.kind == inbox_kind::gap_lost) {
        if (!handlers_.on_gap_lost) co_return;
        std::string reason;
        if (auto const notice = base::parse_json_object(row.event)) {
            reason = base::find_string(*notice, "reason").value_or(std::string());
        }
        co_await handlers_.on_gap_lost(room_of(row), std::move(reason));
        co_return;
    }
    auto content = event_access::parse_text(row.event, row.believed);
    if (!content) {
        log_.error("a stored event cannot be read", {{"trace", row.trace}, {"why", content.error().describe()}});
        co_return;
    }
    if (row.kind == inbox_kind::message && handlers_.on_message) {
        co_await handlers_.on_message(message_of(row, std::move(*content)));
    } else if (row.kind == inbox_kind::other_event && handlers_.on_event) {
        co_await handlers_.on_event(room_of(row), std::move(*content));
    } else if (row.kind == inbox_kind::invite && handlers_.on_invite) {
        co_await handlers_.on_invite(invite(room_of(row), std::move(*content)));
    }
}

// What is said there has a key of the upgrade: the handler may run again.
asio::awaitable<void> runtime::tell_upgraded(room_id before, room_id after) {
    if (!handlers_.on_room_upgraded) co_return;
    auto const keys = std::make_shared<key_series>("upgrade:" + before.str().substr(0, longest_origin));
    matrix::room old(*this, std::move(before), keys);
    matrix::room next(*this, std::move(after), keys);
    co_await handlers_.on_room_upgraded(std::move(old), std::move(next));
}

asio::awaitable<void> runtime::tell_newcomer(room_id in, newcomer who, std::string occasion) {
    if (!handlers_.on_newcomer) co_return;
    matrix::room where(*this, std::move(in), std::make_shared<key_series>("newcomer:" + occasion));
    co_await handlers_.on_newcomer(std::move(where), std::move(who));
}

asio::awaitable<void> runtime::tell_given_up(inbox_row row) {
    if (row.kind != inbox_kind::message || !handlers_.on_set_aside) co_return;
    auto content = event_access::parse_text(row.event, row.believed);
    if (!content) co_return;
    // Keys of its own: those of the handler's sends are used already.
    row.event_id += ":aside";
    co_await handlers_.on_set_aside(message_of(row, std::move(*content)), row.trace);
}

asio::awaitable<void> runtime::tell_refused(dead_letter letter) {
    // What the handler itself sent: it would be told of its own words for ever.
    constexpr std::string_view own = "failed:";
    if (letter.key.compare(0, own.size(), own) == 0) co_return;
    auto keys = std::make_shared<key_series>(std::string(own) + random_->token(22));
    matrix::room where(*this, letter.room, std::move(keys));
    co_await handlers_.on_send_failed(std::move(where), std::move(letter));
}

}  // namespace chatrixcd::matrix::detail
