// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/matrix/polls.hpp>

#include "client/keys.hpp"
#include "client/runtime.hpp"
#include "requests/ask.hpp"
#include "requests/poll_words.hpp"

namespace chatrixcd::matrix {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

json::object reference_to(event_id const& start) {
    json::object relates;
    relates["rel_type"] = "m.reference";
    relates["event_id"] = start.str();
    json::object content;
    content["m.relates_to"] = std::move(relates);
    return content;
}

// Outlives the handle.
asio::awaitable<result<event_id>> send(room where, std::string_view type, json::object content, std::string key) {
    auto name = std::string(type);
    co_return co_await where.send_event(std::move(name), std::move(content), std::move(key));
}

}  // namespace

asio::awaitable<result<event_id>> polls::start(poll what) const {
    if (what.question().empty()) return detail::refuse<event_id>(error(error_kind::invalid, "a poll needs a question"));
    if (what.answers().size() < 2 || what.answers().size() > poll::most_answers) {
        return detail::refuse<event_id>(error(error_kind::invalid, "a poll needs 2 to 20 answers"));
    }
    return send(room(*runtime_, room_, keys_), poll_start_type(what.names()), what.content(), what.idempotency_key());
}

asio::awaitable<result<event_id>> polls::vote(event_id poll_start, std::vector<std::string> answer_ids, poll_names names,
                                              std::string key) const {
    auto content = reference_to(poll_start);
    json::array chosen;
    for (auto& id : answer_ids) chosen.emplace_back(std::move(id));
    if (names == poll_names::draft) {
        json::object inside;
        inside["answers"] = std::move(chosen);
        content[poll_response_type(names)] = std::move(inside);
    } else {
        content["m.selections"] = std::move(chosen);
    }
    return send(room(*runtime_, room_, keys_), poll_response_type(names), std::move(content), std::move(key));
}

asio::awaitable<result<event_id>> polls::end(event_id poll_start, std::string words, poll_names names, std::string key) const {
    auto content = reference_to(poll_start);
    if (names == poll_names::draft) {
        content[detail::words_for(names).text] = std::move(words);
        content[poll_end_type(names)] = json::object();
    } else {
        json::object block;
        block["body"] = std::move(words);
        json::array blocks;
        blocks.push_back(std::move(block));
        content[detail::words_for(names).text] = std::move(blocks);
    }
    return send(room(*runtime_, room_, keys_), poll_end_type(names), std::move(content), std::move(key));
}

polls room::polls() const { return matrix::polls(*runtime_, id_, keys_); }

}  // namespace chatrixcd::matrix
