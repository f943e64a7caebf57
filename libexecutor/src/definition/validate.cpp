// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>

#include "definition/names.hpp"
#include "definition/template.hpp"
#include "definition/value.hpp"

namespace chatrixcd::executor {

namespace {

constexpr std::string_view name_rule = "1–64 letters, digits, '.', '_' and '-', beginning with a letter or a digit";
constexpr std::string_view parameter_rule = "1–64 letters, digits, '_' and '-', beginning with a letter or '_'";

std::string element(std::string const& path, std::string_view list, std::size_t index) {
    return path + std::string(list) + "[" + std::to_string(index) + "]";
}

bool has_nul(std::string_view text) { return text.find('\0') != std::string_view::npos; }

class checker {
public:
    void check(std::vector<project> const& projects);
    std::vector<problem> found;

private:
    void check(project const& what, std::string const& path);
    void check(job const& what, std::string const& path);
    void check(parameter const& what, std::string const& path);
    void check_choices(parameter const& what, std::string const& path);
    void check_arguments(job const& what, std::string const& path);
    void check_environment(job const& what, std::string const& path);
    // Every placeholder names a parameter or the run's key; `in_arguments`: none is secret.
    void check_placeholders(job const& what, std::string_view text, bool in_arguments, std::string const& path);
    void check_all_used(job const& what, std::string const& path);
    void add(std::string path, std::string message, std::string hint) {
        found.push_back({std::move(path), std::move(message), std::move(hint)});
    }
    void name(std::string const& text, bool valid, std::string_view rule, std::set<std::string>& taken, std::string const& path) {
        if (!valid) {
            add(path + ".name", text.empty() ? "it has no name" : quoted(text) + " is not a name", std::string(rule));
        } else if (!taken.insert(text).second) {
            add(path + ".name", quoted(text) + " is there already", "give each its own name");
        }
    }

    std::set<std::string> used_;  // parameters of the job at hand
};

void checker::check(std::vector<project> const& projects) {
    std::set<std::string> names;
    for (std::size_t i = 0; i < projects.size(); ++i) {
        auto const path = element("", "projects", i);
        name(projects[i].name, is_name(projects[i].name), name_rule, names, path);
        check(projects[i], path);
    }
}

void checker::check(project const& what, std::string const& path) {
    std::set<std::string> names;
    for (std::size_t i = 0; i < what.jobs.size(); ++i) {
        auto const place = element(path, ".jobs", i);
        name(what.jobs[i].name, is_name(what.jobs[i].name), name_rule, names, place);
        check(what.jobs[i], place);
    }
}

void checker::check(job const& what, std::string const& path) {
    std::set<std::string> names;
    used_.clear();
    for (std::size_t i = 0; i < what.parameters.size(); ++i) {
        auto const place = element(path, ".parameters", i);
        name(what.parameters[i].name, is_parameter_name(what.parameters[i].name), parameter_rule, names, place);
        check(what.parameters[i], place);
    }
    check_arguments(what, path);
    check_environment(what, path);
    check_all_used(what, path);
    if (has_nul(what.folder)) add(path + ".folder", "the folder's name holds a NUL", "use a path");
    if (what.timeout < base::duration(0)) add(path + ".timeout", "the time-out is negative", "0 for none, or a time");
}

void checker::check(parameter const& what, std::string const& path) {
    check_choices(what, path);
    if (!what.pattern.empty()) {
        if (what.type != parameter_type::text) {
            add(path + ".pattern", "only a text has a pattern", "leave it out");
        } else if (auto const wrong = pattern_problem(what.pattern); !wrong.empty()) {
            add(path + ".pattern", "it is no regular expression: " + wrong, "like [a-z]+-[0-9]+");
            return;  // no default can fit
        }
    }
    if (!what.default_value) return;
    if (what.type == parameter_type::secret) {
        add(path + ".default", "a secret has no default", "put a fixed secret into the job's environment");
    } else if (what.required) {
        add(path + ".default", "a required parameter has no default", "leave out one of the two");
    } else if (auto const checked = check_value(what, *what.default_value); !checked) {
        add(path + ".default", checked.error().message(), checked.error().hint());
    }
}

void checker::check_choices(parameter const& what, std::string const& path) {
    if (what.type != parameter_type::choice) {
        if (!what.choices.empty()) add(path + ".choices", "only a choice has choices", "say type: choice, or leave them out");
        return;
    }
    if (what.choices.empty()) add(path + ".choices", "a choice needs choices", "list them");
    std::set<std::string> taken;
    for (std::size_t i = 0; i < what.choices.size(); ++i) {
        auto const& choice = what.choices[i];
        if (choice.empty() || has_nul(choice) || choice.size() > longest_value) {
            add(element(path, ".choices", i), "it cannot be chosen: it is empty, too long or holds a NUL", "a word");
        } else if (!taken.insert(choice).second) {
            add(element(path, ".choices", i), quoted(choice) + " is there already", "list it once");
        }
    }
}

void checker::check_arguments(job const& what, std::string const& path) {
    if (what.argv.empty() || what.argv.front().empty()) {
        add(path + ".argv", "it names no program", "like [\"/bin/echo\", \"hi\"]");
        return;
    }
    for (std::size_t i = 0; i < what.argv.size(); ++i) {
        auto const place = element(path, ".argv", i);
        if (has_nul(what.argv[i])) add(place, "an argument cannot hold a NUL", "leave it out");
        auto const pieces = parse_template(what.argv[i]);
        bool const chosen = std::any_of(pieces.begin(), pieces.end(), [](piece const& each) { return each.is_placeholder; });
        if (i == 0 && chosen) add(place, "the program is the same for every run", "write one job for each program");
        check_placeholders(what, what.argv[i], /*in_arguments=*/true, place);
    }
}

void checker::check_environment(job const& what, std::string const& path) {
    std::set<std::string> names;
    for (auto const& [variable, value] : what.environment) {
        auto const place = path + ".environment." + variable;
        if (variable.empty() || has_nul(variable) || variable.find('=') != std::string::npos) {
            add(place, quoted(variable) + " is not the name of a variable", "letters, digits and '_'");
        } else if (!names.insert(variable).second) {
            add(place, quoted(variable) + " is there already", "list it once");
        }
        if (has_nul(value)) add(place, "a variable cannot hold a NUL", "leave it out");
        check_placeholders(what, value, /*in_arguments=*/false, place);
    }
}

void checker::check_placeholders(job const& what, std::string_view text, bool in_arguments, std::string const& path) {
    std::vector<std::string_view> names;
    for (auto const& each : what.parameters) names.push_back(each.name);
    for (auto const& piece : parse_template(text)) {
        if (!piece.is_placeholder || piece.text == run_key_name) continue;
        used_.insert(piece.text);
        auto const found_at = std::find(names.begin(), names.end(), piece.text);
        if (found_at == names.end()) {
            auto const meant = nearest(piece.text, names);
            auto const first = meant.empty() ? "declare it in parameters" : "perhaps {" + std::string(meant) + "} is meant";
            add(path, "there is no parameter " + quoted(piece.text), first + "; for the text itself write {{" + piece.text + "}}");
        } else if (in_arguments && what.parameters[found_at - names.begin()].type == parameter_type::secret) {
            add(path, "the secret " + quoted(piece.text) + " would be seen by everybody who lists processes",
                "pass it in environment, for example {\"TOKEN\": \"{" + piece.text + "}\"}");
        }
    }
}

void checker::check_all_used(job const& what, std::string const& path) {
    for (std::size_t i = 0; i < what.parameters.size(); ++i) {
        auto const& each = what.parameters[i].name;
        if (is_parameter_name(each) && !used_.contains(each)) {
            add(element(path, ".parameters", i), quoted(each) + " is used nowhere", "put {" + each + "} into argv or environment");
        }
    }
}

}  // namespace

std::vector<problem> validate(std::vector<project> const& projects) {
    checker all;
    all.check(projects);
    return std::move(all.found);
}

}  // namespace chatrixcd::executor
