// SPDX-License-Identifier: Apache-2.0
#include "commands/usage.hpp"

#include "words/in_prefix.hpp"
#include "words/quoted.hpp"

namespace chatrixcd::chatops::commands {

namespace {

// "version=…", "--limit=…", or a flag alone.
std::string written(ci::parameter_spec const& spec, std::string const& value) {
    bool const is_flag = spec.name.starts_with("--") && spec.type == ci::parameter_type::boolean;
    return is_flag ? spec.name : spec.name + "=" + value;
}

bool is_needed(ci::parameter_spec const& spec) { return spec.required && !spec.default_value; }

std::string value_of(ci::parameter_spec const& spec) {
    if (spec.default_value) return text::as_argument(*spec.default_value);
    if (spec.choices.empty()) return "…";
    std::string joined;
    for (auto const& choice : spec.choices) joined += (joined.empty() ? "" : "|") + choice;
    return joined;
}

}  // namespace

std::string usage_of(context const& asked, std::string const& project, ci::job const& job) {
    auto words = text::in_prefix(asked.prefix(), "run ") + text::as_argument(project) + " " + text::as_argument(job.name);
    for (auto const& spec : job.parameters) {
        if (spec.type == ci::parameter_type::secret && !asked.is_private()) continue;
        auto const one = written(spec, value_of(spec));
        words += is_needed(spec) ? " " + one : " [" + one + "]";
    }
    return words;
}

}  // namespace chatrixcd::chatops::commands
