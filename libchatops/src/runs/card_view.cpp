// SPDX-License-Identifier: Apache-2.0
#include "runs/card_view.hpp"

#include <utility>

#include <chatrixcd/chatops/command/refusal.hpp>

#include "runs/words.hpp"
#include "words/in_prefix.hpp"
#include "words/quoted.hpp"

namespace chatrixcd::chatops::runs {

namespace {

card_state state_of(ci::outcome how) noexcept {
    switch (how) {
        case ci::outcome::success:
            return card_state::success;
        case ci::outcome::canceled:
        case ci::outcome::skipped:
            return card_state::canceled;
        case ci::outcome::none:  // finished without an end: nobody can know
        case ci::outcome::lost:
            return card_state::lost;
        case ci::outcome::unstable:
        case ci::outcome::failure:
        case ci::outcome::error:
        case ci::outcome::timed_out:
        case ci::outcome::rejected:
            break;
    }
    return card_state::failure;
}

std::string verb_of(ci::outcome how) {
    switch (how) {
        case ci::outcome::success:
            return "succeeded";
        case ci::outcome::unstable:
            return "ended unstable";
        case ci::outcome::error:
            return "could not be run";
        case ci::outcome::canceled:
            return "was canceled";
        case ci::outcome::skipped:
            return "was skipped";
        case ci::outcome::timed_out:
            return "ran out of time";
        case ci::outcome::rejected:
            return "was rejected";
        case ci::outcome::none:
        case ci::outcome::lost:
            return "was lost";
        case ci::outcome::failure:
            break;
    }
    return "failed";
}

std::string end_words(record const& run) {
    auto const& last = *run.latest;
    auto words = verb_of(last.how);
    if (last.how == ci::outcome::canceled && !run.stopped_by.empty()) words += " by " + run.stopped_by;
    bool const is_lost = state_of(last.how) == card_state::lost;
    // What ran out of time says itself how long it had.
    bool const says_how_long = last.how == ci::outcome::timed_out && !last.detail.empty();
    auto const began = last.started ? last.started : last.created;
    if (!is_lost && !says_how_long && began && last.ended && *last.ended >= *began)
        words += " after " + duration_words(*last.ended - *began);
    if (!last.detail.empty()) return words + ": " + last.detail;
    return is_lost ? words + ": nobody can know how it ended" : words;
}

std::string progress_words(record const& run) {
    auto const& last = *run.latest;
    switch (last.at) {
        case ci::phase::queued:
            return "waits in the queue of " + run.server;
        case ci::phase::gated:
            return "waits for a decision";
        case ci::phase::canceling:
            return run.stopped_by.empty() ? "is being stopped" : "is being stopped by " + run.stopped_by;
        case ci::phase::running:
            break;
        case ci::phase::finished:
            return end_words(run);
    }
    auto words = last.started ? "running since " + time_words(*last.started) : std::string("running");
    if (!last.detail.empty()) words += ": " + last.detail;
    return words;
}

std::string state_words_of(record const& run, passing_news const& news) {
    switch (run.start) {
        case start_state::refused:
            return "was not started: " + run.reason;
        case start_state::in_doubt:
            return "may have started, or not: " + run.reason + ". Look at " + run.server + ", then decide";
        case start_state::queued:
            return "waits in the queue of " + run.server;
        case start_state::sending:
            if (news.looking) return "was asked for; whether it has started is being looked for at " + run.server;
            return "is being started";
        case start_state::started:
            break;
    }
    return run.latest ? progress_words(run) : "has started";
}

bool is_gated(record const& run) { return run.latest && run.latest->at == ci::phase::gated; }

std::string rerun_words(record const& run) {
    auto words = "run " + text::as_argument(run.project_name) + " " + text::as_argument(run.job_name);
    for (auto const& [name, value] : run.parameters) words += " " + name + "=" + text::as_argument(value);
    return words;
}

}  // namespace

card_state state_of(record const& run) noexcept {
    switch (run.start) {
        case start_state::refused:
            return card_state::failure;
        case start_state::in_doubt:
            return card_state::in_doubt;
        case start_state::sending:
        case start_state::queued:
            return card_state::waiting;
        case start_state::started:
            break;
    }
    if (!run.latest) return card_state::waiting;
    switch (run.latest->at) {
        case ci::phase::queued:
        case ci::phase::gated:
            return card_state::waiting;
        case ci::phase::running:
        case ci::phase::canceling:
            return card_state::running;
        case ci::phase::finished:
            break;
    }
    return state_of(run.latest->how);
}

bool went_wrong(record const& run) noexcept {
    auto const state = state_of(run);
    return state == card_state::failure || state == card_state::lost || state == card_state::in_doubt;
}

std::string summary_of(record const& run, passing_news const& news) {
    auto words = state_words_of(run, news);
    if (run.open && news.silent_since) words += "; " + run.server + " does not answer since " + time_words(*news.silent_since);
    return words;
}

std::string title_of(record const& run) { return run.project_name + " / " + run.job_name + " #" + std::to_string(run.number); }

card card_of(record const& run, passing_news const& news, std::string const& prefix) {
    card out;
    out.state = state_of(run);
    out.title = title_of(run);
    out.summary = summary_of(run, news);
    out.facts.emplace_back("by", run.requested_by);
    std::string parameters;
    for (auto const& [name, value] : run.parameters) parameters += (parameters.empty() ? "" : " ") + name + "=" + text::as_argument(value);
    if (!run.decision.empty()) out.facts.emplace_back("decision", run.decision);
    if (!parameters.empty()) out.facts.emplace_back("parameters", parameters);
    if (run.has_secrets) out.facts.emplace_back("secrets", "given, never shown");
    if (run.latest && !run.latest->url.empty()) out.facts.emplace_back("at", run.latest->url);
    out.facts.emplace_back("trace", run.trace);
    if (went_wrong(run)) out.excerpt = run.excerpt;
    auto const number = std::to_string(run.number);
    if (run.open && is_gated(run)) {
        out.next_commands.push_back(text::in_prefix(prefix, "approve " + number));
        out.next_commands.push_back(text::in_prefix(prefix, "reject " + number));
    }
    if (run.start == start_state::started) out.next_commands.push_back(text::in_prefix(prefix, "logs " + number));
    if (run.open && run.start == start_state::started) out.next_commands.push_back(text::in_prefix(prefix, "stop " + number));
    if (!run.open && !run.has_secrets) out.next_commands.push_back(text::in_prefix(prefix, rerun_words(run)));
    return out;
}

view gate_call_of(record const& run, std::string const& prefix) {
    auto const number = std::to_string(run.number);
    line words;
    words.emplace_back(run.requested_by + ": ");
    words.push_back(strong("#" + number));
    words.emplace_back(" waits for a decision. ");
    words.push_back(code(text::in_prefix(prefix, "approve " + number)));
    words.emplace_back(" lets it go on, ");
    words.push_back(code(text::in_prefix(prefix, "reject " + number)));
    words.emplace_back(" ends it.");
    view out;
    out.add(paragraph{std::move(words)});
    return out;
}

view farewell_of(record const& run) {
    view out;
    if (went_wrong(run)) {
        line words;
        words.emplace_back(run.requested_by + ": ");
        words.push_back(strong("#" + std::to_string(run.number)));
        words.emplace_back(" " + summary_of(run, {}));
        out.add(paragraph{std::move(words)});
    } else if (!run.excerpt.empty()) {
        out.add(paragraph{line_of("The last lines of #" + std::to_string(run.number) + ":")});
    }
    if (!run.excerpt.empty()) out.add(code_block{run.excerpt});
    return out;
}

run_summary entry_of(record const& run, passing_news const& news) {
    run_summary out;
    out.number = run.number;
    out.server = run.server;
    out.id = run.id;
    out.project_name = run.project_name;
    out.job_name = run.job_name;
    out.state = state_of(run);
    out.summary = summary_of(run, news);
    out.requested_by = run.requested_by;
    if (run.has_room()) out.service = run.from.service;
    out.room = run.from.room;
    out.trace = run.trace;
    out.created = run.created;
    out.ended = run.ended;
    out.open = run.open;
    return out;
}

}  // namespace chatrixcd::chatops::runs
