// SPDX-License-Identifier: Apache-2.0
#include "commands/missing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <chatrixcd/chatops/ci/parameters.hpp>
#include <chatrixcd/chatops/command/refusal.hpp>

#include "commands/usage.hpp"
#include "journal/questions.hpp"
#include "words/quoted.hpp"
#include "words/similar.hpp"

namespace chatrixcd::chatops::commands {

namespace {

// What is wrong with the values that are there, whatever is missing.
std::optional<base::error> problem_of(ci::job job, ci::parameter_values const& given) {
    for (auto& spec : job.parameters) spec.required = false;
    auto const checked = ci::effective_parameters(job, given);
    if (checked) return std::nullopt;
    return checked.error();
}

std::optional<base::error> problem_of_one(ci::job job, ci::parameter_values const& given, std::string const& name) {
    ci::parameter_values one;
    std::copy_if(given.begin(), given.end(), std::back_inserter(one), [&](auto const& pair) { return pair.first == name; });
    return one.empty() ? std::nullopt : problem_of(std::move(job), one);
}

std::vector<ci::parameter_spec> missing_of(ci::job const& job, ci::parameter_values const& given) {
    std::vector<ci::parameter_spec> missing;
    for (auto const& spec : job.parameters) {
        bool const is_there = std::any_of(given.begin(), given.end(), [&](auto const& pair) { return pair.first == spec.name; });
        if (spec.required && !spec.default_value && !is_there) missing.push_back(spec);
    }
    return missing;
}

// The command with what is known, by names: numbers may mean something else by the time of the answer.
std::string line_of_run(run_target const& target, ci::parameter_values const& given) {
    auto words = "run " + text::as_argument(target.project_name) + " " + text::as_argument(target.job_name);
    for (auto const& [name, value] : given) {
        auto const written = name.starts_with("--") ? name : text::as_argument(name);
        words += " " + written + "=" + text::as_argument(value);
    }
    return words;
}

std::string wanted(ci::parameter_spec const& spec) {
    switch (spec.type) {
        case ci::parameter_type::integer:
            return "a whole number like `3`";
        case ci::parameter_type::boolean:
            return "`true` or `false`";
        case ci::parameter_type::choice:
            return text::either(spec.choices);
        case ci::parameter_type::text:
        case ci::parameter_type::secret:
            break;
    }
    return "text";
}

// Why, what would be right, and what can be done, on one line.
std::string reason_of(base::error const& why) {
    auto words = why.message();
    if (!why.hint().empty()) words += " – " + why.hint();
    if (!words.ends_with('.')) words += '.';
    return words + " Answer again, or say `cancel`.";
}

view question_for(ci::parameter_spec const& spec, run_target const& target, std::string const& usage) {
    auto const help = spec.help.empty() ? "" : " (" + spec.help + ")";
    auto const title = text::quoted(target.project_name + " / " + target.job_name);
    auto const what = fmt::format("{} needs {}{}: answer in this thread with {}.", title, text::quoted(spec.name), help, wanted(spec));
    auto const how = fmt::format("`cancel` or {} minutes of silence end this. All at once: `{}`", journal::answer_time.count(), usage);
    return view().text(line_of(what)).text(line_of(how));
}

}  // namespace

std::optional<view> ask_for_missing(context& asked, run_target const& target, ci::job const& job, ci::parameter_values given) {
    if (auto const wrong = problem_of_one(job, given, asked.answered())) return ask_again(asked, target, std::move(given), *wrong);
    if (problem_of(job, given)) return std::nullopt;
    auto const missing = missing_of(job, given);
    // An answer is a line in the journal.
    auto const is_secret = [](ci::parameter_spec const& spec) { return spec.type == ci::parameter_type::secret; };
    if (missing.empty() || std::any_of(missing.begin(), missing.end(), is_secret)) return std::nullopt;
    auto const& next = missing.front();
    if (!asked.ask(open_question(line_of_run(target, given), next.name))) return std::nullopt;
    return question_for(next, target, usage_of(asked, target.project_name, job));
}

std::optional<view> ask_again(context& asked, run_target const& target, ci::parameter_values given, base::error const& why) {
    auto const& answered = asked.answered();
    bool const is_about_it = !answered.empty() && why.message().find(answered) != std::string::npos;
    if (!is_about_it) return std::nullopt;
    if (std::erase_if(given, [&](auto const& pair) { return pair.first == answered; }) == 0) return std::nullopt;
    if (!asked.ask(open_question(line_of_run(target, given), answered))) return std::nullopt;
    return view().text(line_of(reason_of(why)));
}

}  // namespace chatrixcd::chatops::commands
