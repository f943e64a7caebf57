// SPDX-License-Identifier: Apache-2.0
// What a message means: a command, an answer to a question of ours, or nothing.
#include <algorithm>
#include <string_view>
#include <utility>

#include <chatrixcd/base/text.hpp>
#include <chatrixcd/chatops/command/refusal.hpp>
#include <chatrixcd/chatops/command/tokens.hpp>

#include "engine/intake.hpp"
#include "journal/keys.hpp"
#include "words/quoted.hpp"

namespace chatrixcd::chatops {

namespace asio = boost::asio;
using base::text::trimmed;

namespace {

// Of a trace id that we make because the chat gave none.
constexpr std::size_t trace_length = 22;

// Phones begin every message with a capital.
bool is_cancel(std::string_view word) {
    constexpr std::string_view cancel = "cancel";
    auto const same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b; };
    return std::equal(word.begin(), word.end(), cancel.begin(), cancel.end(), same);
}

// In answer to a question, `cancel` without a number means the question, not the last run of the room.
bool ends_question(std::string_view command) { return is_cancel(command) || command == "stop"; }

// What came to us before the question is no value for it. A question from the future was asked before a clock was set back: that says
// nothing.
bool was_said_behind(journal::question const& asked, base::time_point received, base::time_point now) {
    return received > asked.asked_at() || asked.asked_at() > now;
}

answer told(journal::outcome how, std::string reason, std::string const& words) {
    answer out;
    out.how = how;
    out.reason = std::move(reason);
    out.shown = view().text(line_of(words));
    return out;
}

outbox::message expiry_message(journal::question const& open) {
    outbox::message out;
    out.key = "end.question." + journal::origin_key(open.from);
    out.service = open.from.service;
    out.room = open.from.room;
    out.thread = open.thread;
    out.content =
        view::of_text("No answer came within " + std::to_string(journal::answer_time.count()) + " minutes, so nothing was started.");
    return out;
}

}  // namespace

std::optional<intake::arrival> intake::meaning_of(chat::message const& said) {
    auto const words = after_prefix(said.text, prefix_);
    auto const* const open = questions_.find(said);
    auto const text = trimmed(said.text);
    bool const is_value = open && was_said_behind(*open, said.received, time_.now()) && !text.empty();
    if (!words && !is_value && !(open && is_cancel(text))) return std::nullopt;
    arrival what;
    what.asked.from = said.from;
    what.asked.who = said.author;
    what.asked.thread = said.thread;
    what.asked.trace = said.trace.empty() ? entropy_.token(trace_length) : said.trace;
    what.asked.received = time_.now();
    if (open) what.open = *open;
    if (open && (words ? ends_question(trimmed(*words)) : is_cancel(text))) {
        what.is_answer = true;
        what.asked.line = trimmed(words ? *words : text);
    } else if (words) {
        what.asked.line = words->empty() ? "help" : std::string(*words);
    } else {
        what.is_answer = true;
        what.asked.answers = open->name;
        auto const name = open->name.starts_with("--") ? open->name : text::as_argument(open->name);
        what.asked.line = open->line + " " + name + "=" + text::as_argument(text);
    }
    return what;
}

void intake::answer_at_once(arrival& what, chat::message const& said) const {
    bool const cancels = what.is_answer && what.asked.answers.empty();
    what.at_once = desk_.refusal_of(what.asked);
    auto& no = what.at_once;
    bool const is_forbidden = no && no->why.kind() == base::error_kind::forbidden;
    // It may be somebody else's, who ends no question of theirs; they can say it again.
    if (is_forbidden && (no->reason == "doubted" || no->reason == "late")) what.ends = false;
    if (!what.is_answer || is_forbidden) return;
    if (cancels) {
        no = told(journal::outcome::ran, "ended a question", "Nothing was started.");
        return;
    }
    if (said.sent > what.open->expires) {
        no = told(journal::outcome::refused, "came too late", "That answer came too late, so nothing was started.");
    } else if (no) {
        // It is no text that a command could hold.
        what.ends = false;
        no = told(journal::outcome::refused, no->reason, no->why.message() + " Answer again, or say `cancel`.");
    }
}

void intake::wait_for_answer(journal::question open, base::duration at_least) {
    auto const left = std::clamp<base::duration>(open.expires - time_.now(), at_least, journal::answer_time);
    questions_.add(open);
    tasks_.spawn(expire(std::move(open), left));
}

asio::awaitable<void> intake::expire(journal::question open, base::duration in) {
    co_await time_.sleep(in);
    auto end = [open](base::transaction& to) {
        bool const was_open = journal::close_question(to, open.number);
        if (was_open) outbox::put(to, expiry_message(open));
        return was_open;
    };
    bool const was_open = co_await store_.write(std::move(end));
    questions_.remove(open.number);
    if (was_open) messages_.wake(open.from.service, open.from.room);
}

}  // namespace chatrixcd::chatops
