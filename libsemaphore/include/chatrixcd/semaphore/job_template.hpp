// SPDX-License-Identifier: Apache-2.0
// Task templates: what can be run, and what a task of it takes.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <chatrixcd/semaphore/ids.hpp>

namespace chatrixcd::semaphore {

enum class survey_type : unsigned char { text, integer, choice, several, secret };

// A variable that the template asks for. Semaphore applies no default and checks no requirement of what comes through the API: whoever
// starts a task does.
struct survey_variable {
    std::string name;
    std::string title;
    std::string description;
    survey_type type = survey_type::text;
    std::string raw_type;  // "", "int", "enum", "secret", "text", "select", or what a newer server says; then it is a text
    bool required = false;
    std::vector<std::string> defaults;                         // none, one, or of `several` any number
    std::vector<std::pair<std::string, std::string>> choices;  // of `choice` and `several`: what is shown, and the value
    friend bool operator==(survey_variable const&, survey_variable const&) = default;
};

// What a task may set itself. What is not allowed the server drops without a word. Older servers have no such switches and take all but
// arguments from every task: there the answer is nothing.
struct overrides {
    bool arguments = false;
    std::optional<bool> branch;
    std::optional<bool> inventory;
    std::optional<bool> limit;
    std::optional<bool> tags;
    std::optional<bool> skip_tags;
    std::optional<bool> debug;
    friend bool operator==(overrides const&, overrides const&) = default;
};

struct job_template {
    template_id id;
    project_id project;
    std::string name;
    std::string description;
    std::string app;       // "ansible", "bash", …; empty on old servers means ansible
    std::string type;      // "" (a task), "build" or "deploy"
    std::string playbook;  // or script
    std::optional<view_id> view;
    std::optional<inventory_id> inventory;
    std::optional<repository_id> repository;
    std::optional<environment_id> environment;
    std::optional<std::string> git_branch;
    overrides allows;
    // Of a list these may be missing though the template has some: ask for the template itself before you build on them.
    std::vector<survey_variable> survey;
    boost::json::object raw;
};

// Changes whenever the template's definition does, and not with its last task: what was planned is what would be started.
std::string fingerprint(job_template const& of);

}  // namespace chatrixcd::semaphore
