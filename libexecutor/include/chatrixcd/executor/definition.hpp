// SPDX-License-Identifier: Apache-2.0
// What can be run: projects of jobs, as values. They come from a configuration file, so every rule has a message for its author
// (validate()); what people give to a job later is checked by bind().
//
// A job is an argument vector, never a line for a shell. `{name}` in an entry, or in the value of an environment variable, stands for
// a parameter. Its value lands inside that one entry and is never split or interpreted. An entry or a variable that mentions a
// parameter without a value is left out. `{run.key}` stands for the key of the run, the same however often its start is repeated.
// `{{name}}` stands for the text `{name}`; braces around anything else are plain text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/base/error.hpp>
#include <chatrixcd/base/process.hpp>

namespace chatrixcd::executor {

enum class parameter_type : std::uint8_t {
    text,     // tabs and line breaks are the only control characters it may hold
    integer,  // a decimal number of 64 bits
    boolean,  // true, yes, on, 1 or false, no, off, 0; passed on as true or false
    choice,   // one of `choices`
    secret,   // as text, but stored nowhere, shown nowhere, and allowed in the environment only: everybody can list a process's arguments
};

class parameter {
public:
    parameter() = default;
    std::string name;  // [A-Za-z_][A-Za-z0-9_-]*, at most 64 characters, unique in its job
    std::string help;
    parameter_type type = parameter_type::text;
    bool required = false;  // excludes a default
    std::optional<std::string> default_value;
    std::vector<std::string> choices;
    std::string pattern;  // for text: a Perl-style regular expression that the whole value matches; such values have at most 256 bytes
    // Lets a value that begins with '-' become the beginning of an argument. Without it such a value is refused: it would be an option.
    bool allow_leading_dash = false;
    friend bool operator==(parameter const&, parameter const&) = default;
};

class job {
public:
    job() = default;
    std::string name;  // [A-Za-z0-9][A-Za-z0-9._-]*, at most 64 characters, unique in its project
    std::string description;
    std::vector<std::string> argv;  // argv[0], the program, has no placeholders
    std::string folder;             // where it runs; empty: where this process does
    std::vector<std::pair<std::string, std::string>> environment;
    std::vector<parameter> parameters;
    base::duration timeout{0};  // 0: none
    friend bool operator==(job const&, job const&) = default;
};

class project {
public:
    project() = default;
    std::string name;  // as a job's, unique
    std::string description;
    std::vector<job> jobs;
    friend bool operator==(project const&, project const&) = default;
};

// A mistake in a definition.
struct problem {
    std::string path;     // "projects[0].jobs[1].argv[2]"
    std::string message;  // what is wrong, in one line
    std::string hint;     // what would be right
};

// Every mistake there is, in the order of the definitions; empty if they are fine.
std::vector<problem> validate(std::vector<project> const& projects);

using parameter_values = std::vector<std::pair<std::string, std::string>>;

// Checks what was given against the job and fills in defaults; in the order of the definition, booleans and integers in one spelling.
// Error `invalid` for the first that is unknown ("did you mean …"), given twice, missing, or not a value of its type.
base::result<parameter_values> bind(job const& what, parameter_values const& given);

// What would be executed: argv, folder and environment with `values` (as bind() returns them) and the run's key put in. Error `invalid`
// for a value that would turn an argument into an option.
base::result<base::process_spec> expand(job const& what, parameter_values const& values, std::string_view run_key = {});

// `values` without those of secret parameters.
parameter_values without_secrets(job const& what, parameter_values const& values);

// A digest of all that decides what a start of this job does; 64 hexadecimal digits.
std::string fingerprint(job const& what);

}  // namespace chatrixcd::executor
