// SPDX-License-Identifier: Apache-2.0
// What templates are made of. Secrets are never told by the server; of keys there are the names.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <chatrixcd/semaphore/ids.hpp>

namespace chatrixcd::semaphore {

struct view {
    view_id id;
    std::string title;
    std::int64_t position = 0;
    boost::json::object raw;
};

struct inventory {
    inventory_id id;
    std::string name;
    std::string type;  // "static", "static-yaml", "file", "terraform-workspace", …
    boost::json::object raw;
};

struct repository {
    repository_id id;
    std::string name;
    std::string git_url;
    std::string git_branch;
    boost::json::object raw;
};

// Newer versions call it a variable group.
struct environment {
    environment_id id;
    std::string name;
    std::vector<std::pair<std::string, std::string>> variables;  // of its JSON, as texts
    boost::json::object raw;
};

struct access_key {
    key_id id;
    std::string name;
    std::string type;  // "none", "ssh", "login_password", "string"
};

struct integration {
    integration_id id;
    template_id starts;
    std::string name;
    std::string auth_method;
    boost::json::object raw;
};

}  // namespace chatrixcd::semaphore
