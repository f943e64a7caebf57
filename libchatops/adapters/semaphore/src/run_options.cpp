// SPDX-License-Identifier: Apache-2.0
#include "run_options.hpp"

#include <algorithm>
#include <string>

#include "values.hpp"

namespace chatrixcd::chatops::semaphore_ci {

using ci::parameter_type;

namespace {

struct option {
    std::string_view name;
    std::string_view help;
    parameter_type type;
    bool (*is_allowed)(semaphore::job_template const&);
    std::string_view remedy;  // what makes it allowed
};

// Servers before 2.12 have no switches; there the answer is what they do: they know no tags, and take the rest.
bool is_ansible(semaphore::job_template const& t) { return t.app.empty() || t.app == "ansible"; }
// Databases keep 250 characters of a message; the key is among them.
constexpr std::size_t longest_message = 180;
constexpr std::string_view ansible_alone = "only Ansible templates have it";

constexpr option options[] = {
    {"--limit", "hosts, with commas between them", parameter_type::text,
     [](semaphore::job_template const& t) { return is_ansible(t) && t.allows.limit.value_or(true); },
     "let the template's tasks override the limit"},
    {"--tags", "run only what has one of these tags", parameter_type::text,
     [](semaphore::job_template const& t) { return is_ansible(t) && t.allows.tags.value_or(false); },
     "let the template's tasks override the tags (2.12 or newer)"},
    {"--skip-tags", "leave out what has one of these tags", parameter_type::text,
     [](semaphore::job_template const& t) { return is_ansible(t) && t.allows.skip_tags.value_or(false); },
     "let the template's tasks override the skipped tags (2.12 or newer)"},
    {"--branch", "branch instead of the template's own", parameter_type::text,
     [](semaphore::job_template const& t) { return t.allows.branch.value_or(true); }, "let the template's tasks override the branch"},
    {"--inventory", "name or number of an inventory", parameter_type::text,
     [](semaphore::job_template const& t) { return is_ansible(t) && t.allows.inventory.value_or(true); },
     "let the template's tasks override the inventory"},
    {"--args", "further arguments of its command line", parameter_type::text,
     [](semaphore::job_template const& t) { return t.allows.arguments; }, "let the template's tasks override the arguments"},
    {"--message", "what for; shown with the task", parameter_type::text, [](semaphore::job_template const&) { return true; }, ""},
    {"--dry-run", "change nothing", parameter_type::boolean, [](semaphore::job_template const& t) { return is_ansible(t); }, ""},
    {"--diff", "show what changes", parameter_type::boolean, [](semaphore::job_template const& t) { return is_ansible(t); }, ""},
    {"--debug", "log more", parameter_type::boolean,
     [](semaphore::job_template const& t) { return is_ansible(t) && t.allows.debug.value_or(true); },
     "let the template's tasks be debugged"},
};

option const* find(std::string_view name) {
    auto const found = std::ranges::find(options, name, &option::name);
    return found == std::end(options) ? nullptr : found;
}

// "a,b c" is a, b and c.
std::vector<std::string> words_of(std::string const& text, std::string_view separators) {
    std::vector<std::string> words;
    for (std::size_t at = 0; (at = text.find_first_not_of(separators, at)) != std::string::npos;) {
        auto const end = std::min(text.find_first_of(separators, at), text.size());
        words.push_back(text.substr(at, end - at));
        at = end;
    }
    return words;
}

}  // namespace

std::vector<ci::parameter_spec> options_of(semaphore::job_template const& of) {
    std::vector<ci::parameter_spec> specs;
    for (auto const& each : options) {
        if (!each.is_allowed(of)) continue;
        ci::parameter_spec spec;
        spec.name = each.name;
        spec.help = each.help;
        spec.type = each.type;
        specs.push_back(std::move(spec));
    }
    return specs;
}

std::optional<base::error> refused_option(semaphore::job_template const& of, ci::parameter_values const& given) {
    for (auto const& [name, value] : given) {
        auto const* known = find(name);
        if (known == nullptr) continue;
        if (words_of(value, ", ").empty()) {
            return base::error(base::error_kind::invalid, name + " is empty: that would be a run without it")
                .with_hint("give it a value, or leave it out");
        }
        if (name == "--message" && value.size() > longest_message) {
            return base::error(base::error_kind::invalid, "--message is too long for Semaphore")
                .with_hint("at most " + std::to_string(longest_message) + " bytes");
        }
        if (known->is_allowed(of)) continue;
        bool const has_remedy = !known->remedy.empty() && (is_ansible(of) || name == "--branch" || name == "--args");
        auto why = base::error(base::error_kind::invalid,
                               "the template \"" + of.name + "\" does not take " + name + ": Semaphore would drop it, and run without it");
        return std::move(why).with_hint(std::string(has_remedy ? known->remedy : ansible_alone));
    }
    return std::nullopt;
}

bool set_option(semaphore::new_task& in, std::string_view name, std::string const& value) {
    if (find(name) == nullptr) return false;
    bool const is_set = value == "true";
    if (name == "--limit") in.limit = words_of(value, ", ");
    if (name == "--tags") in.tags = words_of(value, ", ");
    if (name == "--skip-tags") in.skip_tags = words_of(value, ", ");
    if (name == "--args") in.arguments = words_of(value, " ");
    if (name == "--branch") in.git_branch = value;
    if (name == "--inventory") in.inventory = semaphore::inventory_id(to_number(value).value_or(0));
    if (name == "--message") in.message += " " + value;
    if (name == "--dry-run") in.dry_run = is_set;
    if (name == "--diff") in.diff = is_set;
    if (name == "--debug") in.debug = is_set;
    return true;
}

}  // namespace chatrixcd::chatops::semaphore_ci
