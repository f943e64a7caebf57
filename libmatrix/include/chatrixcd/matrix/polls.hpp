// SPDX-License-Identifier: Apache-2.0
// Polls (MSC3381): a question with answers to choose from, votes, the end. The MSC is no part of the specification's text yet (v1.19):
// clients of today show and send the names of its earlier draft (org.matrix.msc3381.…). Both are read; the draft's are sent, unless one
// asks for the stable ones. poll and poll_tally are pure values.
//
// What people vote is in the room for everybody to see, and servers can forge times: no decision that matters is taken by a poll.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/json/fwd.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <chatrixcd/matrix/event.hpp>

namespace chatrixcd::matrix {

namespace detail {
class runtime;
class key_series;
}  // namespace detail

enum class poll_names : std::uint8_t {
    draft,   // org.matrix.msc3381.poll.start
    stable,  // m.poll.start
};

struct poll_answer {
    std::string id;
    std::string text;
};

// A poll as it is sent or was received. Not an aggregate on purpose: a braced temporary in a co_await statement is miscompiled by GCC 12.
class poll {
public:
    // At most this many answers count; the rest is cut off (MSC3381).
    static constexpr std::size_t most_answers = 20;

    explicit poll(std::string question) : question_(std::move(question)) {}
    // With the id "1", "2", … in order.
    poll answer(std::string text) &&;
    // How many answers a person may choose: at least 1, the default.
    poll selections(std::size_t most) &&;
    // Results are shown at the end only; clients do so, the room hides nothing.
    poll undisclosed() &&;
    poll names(poll_names which) &&;
    // What makes it idempotent, as outgoing::key().
    poll key(std::string idempotency_key) &&;

    // Of an m.poll.start or its draft. Errors (protocol): another type, no question, no answer, answers without ids or with one id twice.
    static result<poll> parse(event const& start);

    std::string const& question() const noexcept { return question_; }
    std::vector<poll_answer> const& answers() const noexcept { return answers_; }
    std::size_t selections() const noexcept { return selections_; }
    bool disclosed() const noexcept { return disclosed_; }
    poll_names names() const noexcept { return names_; }
    std::string const& idempotency_key() const noexcept { return key_; }

    // The content of the event that starts it; clients without polls show it as text.
    boost::json::object content() const;

private:
    std::string question_;
    std::vector<poll_answer> answers_;
    std::size_t selections_ = 1;
    bool disclosed_ = true;
    poll_names names_ = poll_names::draft;
    std::string key_;
};

// "m.poll.start" and so on.
std::string_view poll_start_type(poll_names names) noexcept;
std::string_view poll_response_type(poll_names names) noexcept;
std::string_view poll_end_type(poll_names names) noexcept;

// The result of a poll (MSC3381): each sender's newest vote by time counts, even an invalid one, which then counts for nothing; votes
// after the end do not exist; only the poll's author, or who may redact others' messages, ends it.
struct poll_tally {
    std::map<std::string, std::size_t> votes;               // by answer id, every answer is there
    std::map<user_id, std::vector<std::string>> by_sender;  // valid votes that are not empty
    std::optional<base::time_point> ended;
};

// `related` are the events that refer to the start (history::relations() with "m.reference"), in any order; others are passed over.
// `may_redact`: whether that user has the power to redact others' messages; nobody by default. Pure; linear but for sorting.
poll_tally tally(event const& start, std::vector<event> const& related, std::function<bool(user_id const&)> const& may_redact = {});

// A handle: cheap to copy, must not outlive its client, used on the client's executor. Sends are durable and keyed, as those of a room.
class polls {
public:
    polls(detail::runtime& of, room_id room, std::shared_ptr<detail::key_series> keys)
        : runtime_(&of), room_(std::move(room)), keys_(std::move(keys)) {}

    // Errors: invalid (no question, fewer than 2 or more than 20 answers), and what room::send() answers.
    boost::asio::awaitable<result<event_id>> start(poll what) const;
    // Our vote, in the names of the poll; none at all takes an earlier one back.
    boost::asio::awaitable<result<event_id>> vote(event_id poll_start, std::vector<std::string> answer_ids,
                                                  poll_names names = poll_names::draft, std::string key = {}) const;
    // `words` are for clients without polls: "The poll has ended. Top answer: Pizza".
    boost::asio::awaitable<result<event_id>> end(event_id poll_start, std::string words, poll_names names = poll_names::draft,
                                                 std::string key = {}) const;

private:
    detail::runtime* runtime_;
    room_id room_;
    std::shared_ptr<detail::key_series> keys_;
};

}  // namespace chatrixcd::matrix
