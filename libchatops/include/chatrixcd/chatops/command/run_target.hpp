// SPDX-License-Identifier: Apache-2.0
// What the words after `run` mean. Grammar: a first word that names a project (or is its number in the list that `projects` shows, or at
// its CI) is the project, and may be left out where only one exists; then the job (its name, or its number in the list that `templates`
// shows, or at its CI), which may be left out where the project has only one. name=value words are no part of it: the command parser takes
// them out. Pure; whatever is ambiguous or unknown is a question, and nothing is started: so is a number that is one thing in the list and
// another at the CI.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <chatrixcd/chatops/ci/values.hpp>

namespace chatrixcd::chatops {

// A project and the jobs in it, both in the order in which `projects` and `templates` number them, from 1.
struct known_project {
    std::string server;  // the CI's name in the bot's configuration: "local"
    ci::project project;
    std::vector<ci::job> jobs;
};

struct run_target {
    std::string server;
    std::string project_name;
    std::string job_name;
    ci::job_id job;
    friend bool operator==(run_target const&, run_target const&) = default;
};

// A project by exact name or number: its index in `known`. Errors: `not_found` with suggestions; `conflict` if several fit. Here and
// below, commands in errors have `prefix` before them, so that they can be copied.
ci::result<std::size_t> find_project(std::vector<known_project> const& known, std::string const& word, std::string_view prefix = {});

// The words after `run` without name=value. Errors: `invalid` (a word missing or too many), `not_found`, `conflict` (ambiguous); each says
// what could be written instead.
ci::result<run_target> find_run_target(std::vector<known_project> const& known, std::vector<std::string> const& words,
                                       std::string_view prefix = {});

}  // namespace chatrixcd::chatops
