// SPDX-License-Identifier: Apache-2.0
#include "outbox/lookup.hpp"

#include <algorithm>
#include <boost/json/object.hpp>

#include <chatrixcd/base/json_reader.hpp>

#include "http/retry.hpp"
#include "sync/response.hpp"

namespace chatrixcd::matrix::detail {

namespace asio = boost::asio;

namespace {

constexpr unsigned most_pages = 40;
constexpr char const* page_size = "250";
constexpr unsigned most_relation_pages = 10;
constexpr char const* relation_page_size = "100";
// What our clock may have jumped by meanwhile.
constexpr base::duration clock_slack = std::chrono::hours(1);

constexpr char const* purpose = "looking for a message that may have been sent";

// By our clock: the homeserver's may be hours off, but how long ago something was it knows all the same.
base::time_point sent_at(raw_event const& e, base::time_point now) {
    auto const age = e.age();
    return age ? now - *age : e.sent();
}

// "m.replace" of an edit, "m.annotation" of a reaction; empty for everything else.
std::string relation_of(outbox_row const& row) {
    if (row.type != "m.reaction" && row.target.empty()) return {};
    return row.type == "m.reaction" ? "m.annotation" : "m.replace";
}

// What it is called in the room.
std::string type_of(outbox_row const& row) {
    bool const in_clear = row.secrecy != room_secrecy::encrypted || row.type == "m.reaction";
    return in_clear ? row.type : "m.room.encrypted";
}

// Of a redaction: whether the event is redacted, by us.
result<relation_answer> read_redacted(boost::json::object const& answer, user_id const& me) {
    relation_answer said;
    said.answered = true;
    auto const* extra = base::find_object(answer, "unsigned");
    auto const* because = extra == nullptr ? nullptr : base::find_object(*extra, "redacted_because");
    if (because == nullptr || base::find_string(*because, "sender") != me.str()) return said;
    if (auto id = event_id::parse(base::find_string(*because, "event_id").value_or(std::string()))) said.found = std::move(*id);
    return said;
}

asio::awaitable<result<relation_answer>> look_up_redaction(api& homeserver, outbox_row row, user_id me) {
    auto request = call::get(client_path({"rooms", row.room.str(), "event", row.target})).named(purpose);
    auto const answer = co_await homeserver.once(std::move(request));
    if (answer) co_return read_redacted(*answer, me);
    if (!is_refusal(answer.error())) co_return answer.error();
    co_return relation_answer();
}

}  // namespace

asio::awaitable<result<found_keys>> look_up(api& homeserver, room_id room, old_keys wanted, user_id me, base::clock& time) {
    found_keys found;
    std::string from;
    for (unsigned page = 0; page < most_pages && found.size() < wanted.keys.size(); ++page) {
        auto request = call::get(client_path({"rooms", room.str(), "messages"})).query("dir", "b").query("limit", page_size).named(purpose);
        if (!from.empty()) request = std::move(request).query("from", from);
        auto const answer = co_await homeserver.once_unread(std::move(request));
        if (!answer) co_return answer.error();
        auto const read = parse_page(*answer);
        if (!read) co_return read.error();
        for (auto const& e : read->events) {
            // Only our own events count: the times of others are theirs to choose.
            if (e.sender() != me.str()) continue;
            auto const key = std::find(wanted.keys.begin(), wanted.keys.end(), e.content_text(key_member));
            if (key != wanted.keys.end()) found.emplace(*key, event_id(std::string(e.id())));
            if (sent_at(e, time.now()) < wanted.oldest - clock_slack) co_return found;
        }
        if (read->end.empty() || read->end == from) break;
        from = read->end;
    }
    co_return found;
}

bool is_about_another(outbox_row const& row) { return !row.target.empty(); }

asio::awaitable<result<relation_answer>> look_up_relation(api& homeserver, outbox_row row, user_id me, base::clock& time) {
    if (row.type == "m.room.redaction") co_return co_await look_up_redaction(homeserver, std::move(row), std::move(me));
    relation_answer said;
    std::string from;
    for (unsigned page = 0; page < most_relation_pages; ++page) {
        auto request = call::get("/_matrix/client/v1/rooms/" + base::percent_encode(row.room.str()) + "/relations/" +
                                 base::percent_encode(row.target) + "/" + relation_of(row) + "/" + base::percent_encode(type_of(row)))
                           .query("limit", relation_page_size)
                           .named(purpose);
        if (!from.empty()) request = std::move(request).query("from", from);
        auto const answer = co_await homeserver.once_unread(std::move(request));
        if (!answer && !is_refusal(answer.error())) co_return answer.error();
        if (!answer) co_return relation_answer();
        auto const read = parse_page(*answer);
        if (!read) co_return read.error();
        said.answered = true;
        for (auto const& e : read->events) {
            if (e.sender() != me.str()) continue;
            if (e.content_text(key_member) == row.key) {
                said.found = event_id(std::string(e.id()));
                co_return said;
            }
            if (sent_at(e, time.now()) < row.created - clock_slack) co_return said;
        }
        auto next = base::find_string(read->source->root(), "next_batch").value_or(std::string());
        if (next.empty() || next == from) break;
        from = std::move(next);
    }
    co_return said;
}

}  // namespace chatrixcd::matrix::detail
