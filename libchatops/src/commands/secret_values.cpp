// SPDX-License-Identifier: Apache-2.0
#include "commands/secret_values.hpp"

#include <algorithm>
#include <string>

#include "words/quoted.hpp"

namespace chatrixcd::chatops::commands {

namespace {

bool is_secret(ci::parameter_spec const& spec) { return spec.type == ci::parameter_type::secret; }

bool is_given(ci::parameter_spec const& spec, ci::parameter_values const& given) {
    return std::any_of(given.begin(), given.end(), [&](auto const& pair) { return pair.first == spec.name; });
}

constexpr char const* at_the_machine = "The CI can keep it with the job; or somebody at my machine gives it there.";

}  // namespace

std::optional<base::error> secret_in_room(ci::job const& job, ci::parameter_values const& given) {
    auto const is_told = [&](ci::parameter_spec const& spec) { return is_secret(spec) && is_given(spec, given); };
    auto const told = std::find_if(job.parameters.begin(), job.parameters.end(), is_told);
    if (told != job.parameters.end()) {
        auto const what = text::quoted(told->name) + " is a secret, and now this room knows it. Nothing was started.";
        return base::error(base::error_kind::invalid, what)
            .with_hint(std::string("Remove your message and change the secret. ") + at_the_machine);
    }
    auto const is_needed = [](ci::parameter_spec const& spec) { return is_secret(spec) && spec.required && !spec.default_value; };
    auto const needed = std::find_if(job.parameters.begin(), job.parameters.end(), is_needed);
    if (needed == job.parameters.end()) return std::nullopt;
    auto const what = text::quoted(job.name) + " needs the secret " + text::quoted(needed->name) + ", which must not be written in a room.";
    return base::error(base::error_kind::invalid, what).with_hint(at_the_machine);
}

bool is_without_secrets(ci::job const& job, ci::parameter_values const& given) {
    if (std::none_of(job.parameters.begin(), job.parameters.end(), is_secret)) return true;
    return std::all_of(given.begin(), given.end(), [&](auto const& pair) {
        auto const is_it = [&](ci::parameter_spec const& spec) { return spec.name == pair.first && !is_secret(spec); };
        return std::any_of(job.parameters.begin(), job.parameters.end(), is_it);
    });
}

}  // namespace chatrixcd::chatops::commands
