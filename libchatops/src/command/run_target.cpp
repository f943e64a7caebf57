// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/chatops/command/run_target.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "words/in_prefix.hpp"
#include "words/number.hpp"
#include "words/quoted.hpp"
#include "words/similar.hpp"

namespace chatrixcd::chatops {
namespace {

using base::error;
using base::error_kind;

constexpr std::size_t most_suggestions = 5;

// 1 … count, decimal without sign or leading zero.
std::optional<std::size_t> number_in(std::string const& word, std::size_t count) {
    std::size_t value = 0;
    auto const [end, problem] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (problem != std::errc() || end != word.data() + word.size() || word.front() == '0' || value > count) return std::nullopt;
    return value - 1;
}

// Every index that the word can mean: each one of that name, the one of that number in the list, and each one that its CI gave that number.
template <class Name, class Id>
std::vector<std::size_t> meanings(std::string const& word, std::size_t count, Name const& name, Id const& id) {
    std::vector<std::size_t> out;
    auto const number = number_in(word, count);
    for (std::size_t i = 0; i < count; ++i) {
        if (name(i) == word || number == i || (text::is_number(word) && id(i) == word)) out.push_back(i);
    }
    return out;
}

std::vector<std::size_t> projects_for(std::vector<known_project> const& known, std::string const& word) {
    return meanings(
        word, known.size(), [&](std::size_t i) -> std::string const& { return known[i].project.name; },
        [&](std::size_t i) -> std::string const& { return known[i].project.id.str(); });
}

std::vector<std::size_t> jobs_for(known_project const& in, std::string const& word) {
    return meanings(
        word, in.jobs.size(), [&](std::size_t i) -> std::string const& { return in.jobs[i].name; },
        [&](std::size_t i) -> std::string const& { return in.jobs[i].id.name; });
}

run_target target(known_project const& in, std::size_t job) {
    run_target out;
    out.server = in.server;
    out.project_name = in.project.name;
    out.job_name = in.jobs[job].name;
    out.job = in.jobs[job].id;
    return out;
}

std::string run_words(known_project const& in, std::string const& job, std::string_view prefix) {
    return text::in_prefix(prefix, "run " + text::as_argument(in.project.name) + " " + text::as_argument(job));
}

std::string all_projects(std::string_view prefix) { return "`" + text::in_prefix(prefix, "projects") + "` lists all."; }

std::string jobs_of(known_project const& in, std::string_view prefix, std::string_view verb) {
    return fmt::format("`{}` lists {}.", text::in_prefix(prefix, "templates " + text::as_argument(in.project.name)), verb);
}

// "`1` (demo), `2` (web)": a number is always unambiguous, unless a name is one.
std::string numbered(std::vector<std::size_t> const& which, std::vector<known_project> const& known) {
    std::string out;
    for (auto const i : which)
        out += fmt::format("{}`{}` ({} on {})", out.empty() ? "" : " or ", i + 1, text::quoted(known[i].project.name), known[i].server);
    return out;
}

// The list counts in its own way, and so does each CI.
constexpr char const* two_numbers = "It is the number of one in the list, and of another at its CI: write the name instead.";

error no_projects() {
    return error(error_kind::not_found, "No CI server has a project that I can see.")
        .with_hint("The configuration's `ci` section names them.");
}

error ambiguous_project(std::string const& word, std::vector<std::size_t> const& fits, std::vector<known_project> const& known) {
    auto why = error(error_kind::conflict,
                     fmt::format("{} could be more than one project: {}. Nothing was started.", text::quoted(word), numbered(fits, known)));
    bool const is_name = std::any_of(fits.begin(), fits.end(), [&](std::size_t i) { return known[i].project.name == word; });
    return std::move(why).with_hint(is_name ? "Rename one of them, or write a number that is no project's name." : two_numbers);
}

error unknown_project(std::string const& word, std::vector<known_project> const& known, std::string_view prefix) {
    std::vector<std::string> names;
    for (auto const& each : known) names.push_back(each.project.name);
    auto const meant = text::similar(word, names, most_suggestions);
    std::string message = "There is no project " + text::quoted(word) + ".";
    if (!meant.empty()) message += " Did you mean " + text::either(meant) + "?";
    return error(error_kind::not_found, std::move(message)).with_hint(all_projects(prefix));
}

error no_job_given(known_project const& in, std::string_view prefix) {
    if (in.jobs.empty()) return error(error_kind::not_found, fmt::format("The project {} has no jobs.", text::quoted(in.project.name)));
    std::vector<std::string> examples;
    for (std::size_t i = 0; i < std::min(in.jobs.size(), most_suggestions); ++i) examples.push_back(run_words(in, in.jobs[i].name, prefix));
    return error(error_kind::invalid, fmt::format("Which job of {}? Write {}.", text::quoted(in.project.name), text::either(examples)))
        .with_hint(jobs_of(in, prefix, "all"));
}

error unknown_job(known_project const& in, std::string const& word, std::string_view prefix) {
    std::vector<std::string> names;
    for (auto const& each : in.jobs) names.push_back(each.name);
    auto meant = text::similar(word, names, most_suggestions);
    std::string message = fmt::format("The project {} has no job {}.", text::quoted(in.project.name), text::quoted(word));
    for (auto& each : meant) each = run_words(in, each, prefix);
    if (!meant.empty()) message += " Did you mean " + text::either(meant) + "?";
    return error(error_kind::not_found, message + " Nothing was started.").with_hint(jobs_of(in, prefix, "its jobs"));
}

// The first word is no project, and several exist: perhaps the project was forgotten.
error neither_project_nor_job(std::vector<known_project> const& known, std::string const& word, std::string_view prefix) {
    std::vector<std::string> meant;
    for (auto const& each : known) {
        bool const has = std::any_of(each.jobs.begin(), each.jobs.end(), [&](ci::job const& j) { return j.name == word; });
        if (has && meant.size() < most_suggestions) meant.push_back(run_words(each, word, prefix));
    }
    if (meant.empty()) return unknown_project(word, known, prefix);
    return error(error_kind::conflict, fmt::format("{} is no project, and there is more than one; did you mean {}? Nothing was started.",
                                                   text::quoted(word), text::either(meant)))
        .with_hint(all_projects(prefix));
}

ci::result<run_target> find_job(known_project const& in, std::string const& word, std::string_view prefix) {
    auto const fits = jobs_for(in, word);
    if (fits.size() == 1) return target(in, fits.front());
    if (fits.empty()) return unknown_job(in, word, prefix);
    std::string numbers;
    for (auto const i : fits)
        numbers += fmt::format("{}number {} ({})", numbers.empty() ? "" : " or ", i + 1, text::quoted(in.jobs[i].name));
    bool const is_name = std::any_of(fits.begin(), fits.end(), [&](std::size_t i) { return in.jobs[i].name == word; });
    return error(error_kind::conflict, fmt::format("{} could be more than one job of {}: {}. Nothing was started.", text::quoted(word),
                                                   text::quoted(in.project.name), numbers))
        .with_hint(is_name ? "Rename one of them, or write a number that is no job's name." : two_numbers);
}

// A project alone means its job, if it has but one.
ci::result<run_target> only_job(known_project const& in, std::string_view prefix) {
    if (in.jobs.size() == 1) return target(in, 0);
    return no_job_given(in, prefix);
}

error too_many(std::string const& word) {
    return error(error_kind::invalid,
                 fmt::format("I don't know what to do with {}; after the job come parameters like `name=value`. Nothing was started.",
                             text::quoted(word)));
}

}  // namespace

ci::result<std::size_t> find_project(std::vector<known_project> const& known, std::string const& word, std::string_view prefix) {
    if (known.empty()) return no_projects();
    auto const fits = projects_for(known, word);
    if (fits.size() == 1) return fits.front();
    if (fits.empty()) return unknown_project(word, known, prefix);
    return ambiguous_project(word, fits, known);
}

ci::result<run_target> find_run_target(std::vector<known_project> const& known, std::vector<std::string> const& words,
                                       std::string_view prefix) {
    if (known.empty()) return no_projects();
    bool const only_one = known.size() == 1;
    if (words.empty()) {
        if (only_one) return only_job(known.front(), prefix);
        return error(error_kind::invalid,
                     fmt::format("Which project and which job? Write `{}`, the project and the job.", text::in_prefix(prefix, "run")))
            .with_hint(all_projects(prefix));
    }
    auto const fits = projects_for(known, words.front());
    if (fits.size() > 1) return ambiguous_project(words.front(), fits, known);

    // With one project, a number alone can only be a job's: the project was left out. A name stays the project's, as the grammar says.
    bool const names_it = !fits.empty() && (words.size() > 1 || !only_one || known.front().project.name == words.front());
    if (names_it) {
        auto const& in = known[fits.front()];
        if (words.size() == 1) return only_job(in, prefix);
        if (words.size() > 2) return too_many(words[2]);
        return find_job(in, words[1], prefix);
    }
    if (!only_one) return neither_project_nor_job(known, words.front(), prefix);
    if (words.size() > 1) {
        // Two words of which the first is no project: either the project is misspelt, or the second word is too much.
        auto const job = find_job(known.front(), words.front(), prefix);
        if (!job) return unknown_project(words.front(), known, prefix);
        return too_many(words[1]);
    }
    // A number that is no job's may still be the project's.
    bool const is_project = !fits.empty() && jobs_for(known.front(), words.front()).empty();
    return is_project ? only_job(known.front(), prefix) : find_job(known.front(), words.front(), prefix);
}

}  // namespace chatrixcd::chatops
