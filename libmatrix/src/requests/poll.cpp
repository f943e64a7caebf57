// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <set>

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/matrix/polls.hpp>

#include "requests/poll_words.hpp"

namespace chatrixcd::matrix {

namespace json = boost::json;
using detail::words_for;

namespace {

error malformed(std::string_view what) { return error(error_kind::protocol, "the poll " + std::string(what)); }

// "m.text": [{"body": …}] in the stable names, a string in the draft's.
json::value text_value(poll_names names, std::string const& text) {
    if (names == poll_names::draft) return json::value(text);
    json::object block;
    block["body"] = text;
    json::array blocks;
    blocks.push_back(std::move(block));
    return blocks;
}

std::string text_from(json::object const& from, poll_names names) {
    auto const key = words_for(names).text;
    if (names == poll_names::draft) return base::find_string(from, key).value_or(std::string());
    auto const* blocks = base::find_array(from, key);
    if (blocks == nullptr) return {};
    for (auto const& item : *blocks) {
        auto const* block = item.if_object();
        if (block == nullptr) continue;
        auto const type = base::find_string(*block, "mimetype").value_or("text/plain");
        if (type == "text/plain") return base::find_string(*block, "body").value_or(std::string());
    }
    return {};
}

std::optional<poll_names> names_of(std::string_view type, std::string_view (*kind)(poll_names) noexcept) {
    if (type == kind(poll_names::draft)) return poll_names::draft;
    if (type == kind(poll_names::stable)) return poll_names::stable;
    return std::nullopt;
}

// The chosen answers; nothing if the event is no vote at all.
std::optional<std::vector<std::string>> selections_of(event const& e) {
    auto const names = names_of(e.type(), poll_response_type);
    if (!names) return std::nullopt;
    auto const* inside = &e.content();
    if (*names == poll_names::draft) inside = base::find_object(*inside, poll_response_type(poll_names::draft));
    auto const* list = inside != nullptr ? base::find_array(*inside, *names == poll_names::draft ? "answers" : "m.selections") : nullptr;
    if (list == nullptr) return std::nullopt;
    std::vector<std::string> chosen;
    for (auto const& item : *list) {
        if (chosen.size() == poll::most_answers) break;
        // What is no string is no answer's id: it spoils the vote.
        chosen.emplace_back(item.is_string() ? std::string_view(item.get_string()) : std::string_view());
    }
    return chosen;
}

bool refers_to(event const& e, event_id const& start) {
    auto const relation = e.relates_to();
    return relation && relation->type == "m.reference" && relation->target == start;
}

std::optional<base::time_point> end_of(event const& start, std::vector<event> const& related,
                                       std::function<bool(user_id const&)> const& may_redact) {
    std::optional<base::time_point> ended;
    for (auto const& e : related) {
        if (!names_of(e.type(), poll_end_type) || !refers_to(e, start.id())) continue;
        bool const allowed = e.sender() == start.sender() || (may_redact && may_redact(e.sender()));
        if (allowed && (!ended || e.sent() < *ended)) ended = e.sent();
    }
    return ended;
}

// Each sender's newest vote. Of two at one moment the greater id is the newer, so that the order of `related` does not matter.
std::map<user_id, event const*> newest_votes(event const& start, std::vector<event> const& related,
                                             std::optional<base::time_point> const& ended) {
    std::map<user_id, event const*> newest;
    for (auto const& e : related) {
        if (!names_of(e.type(), poll_response_type) || !refers_to(e, start.id())) continue;
        if (ended && e.sent() > *ended) continue;
        auto& place = newest[e.sender()];
        if (place == nullptr || std::pair(place->sent(), place->id()) < std::pair(e.sent(), e.id())) place = &e;
    }
    return newest;
}

}  // namespace

std::string_view poll_start_type(poll_names names) noexcept { return words_for(names).start; }
std::string_view poll_response_type(poll_names names) noexcept { return words_for(names).response; }
std::string_view poll_end_type(poll_names names) noexcept { return words_for(names).end; }

poll poll::answer(std::string text) && {
    answers_.push_back({std::to_string(answers_.size() + 1), std::move(text)});
    return std::move(*this);
}

poll poll::selections(std::size_t most) && {
    selections_ = std::max<std::size_t>(most, 1);
    return std::move(*this);
}

poll poll::undisclosed() && {
    disclosed_ = false;
    return std::move(*this);
}

poll poll::names(poll_names which) && {
    names_ = which;
    return std::move(*this);
}

poll poll::key(std::string idempotency_key) && {
    key_ = std::move(idempotency_key);
    return std::move(*this);
}

json::object poll::content() const {
    auto const& words = words_for(names_);
    json::array answers;
    auto fallback = question_;
    for (auto const& one : answers_) {
        json::object answer;
        answer[words.id] = one.id;
        answer[words.text] = text_value(names_, one.text);
        answers.push_back(std::move(answer));
        fallback += "\n" + std::to_string(answers.size()) + ". " + one.text;
    }
    json::object question;
    question[words.text] = text_value(names_, question_);
    json::object inside;
    inside["kind"] = disclosed_ ? words.disclosed : words.undisclosed;
    inside["max_selections"] = static_cast<std::int64_t>(selections_);
    inside["question"] = std::move(question);
    inside["answers"] = std::move(answers);
    json::object content;
    content[words.text] = text_value(names_, fallback);
    content[words.poll] = std::move(inside);
    return content;
}

result<poll> poll::parse(event const& start) {
    auto const names = names_of(start.type(), poll_start_type);
    if (!names) return malformed("is an event of another type");
    auto const& words = words_for(*names);
    auto const* inside = base::find_object(start.content(), words.poll);
    auto const* question = inside != nullptr ? base::find_object(*inside, "question") : nullptr;
    auto const* answers = inside != nullptr ? base::find_array(*inside, "answers") : nullptr;
    if (question == nullptr) return malformed("has no question");
    if (answers == nullptr || answers->empty()) return malformed("has no answers");
    poll found(text_from(*question, *names));
    found.names_ = *names;
    found.disclosed_ = base::find_string(*inside, "kind") == words.disclosed;
    auto const most = base::find_integer(*inside, "max_selections").value_or(1);
    found.selections_ = static_cast<std::size_t>(std::clamp<std::int64_t>(most, 1, most_answers));
    std::set<std::string> ids;
    for (auto const& item : *answers) {
        if (found.answers_.size() == most_answers) break;
        auto const* said = item.if_object();
        auto id = said != nullptr ? base::find_string(*said, words.id).value_or(std::string()) : std::string();
        if (id.empty()) return malformed("has an answer without an id");
        if (!ids.insert(id).second) return malformed("has two answers of one id");
        found.answers_.push_back({std::move(id), text_from(*said, *names)});
    }
    return found;
}

poll_tally tally(event const& start, std::vector<event> const& related, std::function<bool(user_id const&)> const& may_redact) {
    poll_tally counted;
    auto const what = poll::parse(start);
    if (!what) return counted;
    for (auto const& answer : what->answers()) counted.votes[answer.id] = 0;
    counted.ended = end_of(start, related, may_redact);
    for (auto const& [sender, vote] : newest_votes(start, related, counted.ended)) {
        auto chosen = selections_of(*vote).value_or(std::vector<std::string>());
        if (chosen.size() > what->selections()) chosen.resize(what->selections());
        std::sort(chosen.begin(), chosen.end());
        chosen.erase(std::unique(chosen.begin(), chosen.end()), chosen.end());
        bool const valid = std::all_of(chosen.begin(), chosen.end(), [&](auto const& id) { return counted.votes.contains(id); });
        if (!valid || chosen.empty()) continue;
        for (auto const& id : chosen) ++counted.votes[id];
        counted.by_sender[sender] = std::move(chosen);
    }
    return counted;
}

}  // namespace chatrixcd::matrix
