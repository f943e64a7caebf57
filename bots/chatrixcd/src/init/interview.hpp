// SPDX-License-Identifier: Apache-2.0
// From nothing to a configuration: each answer is tried before the next question.
#pragma once

#include <chatrixcd/base/error.hpp>
#include <optional>
#include <string>
#include <vector>

#include <chatrixcd/semaphore/server.hpp>

#include "config/loader.hpp"
#include "init/questions.hpp"
#include "outside.hpp"

namespace chatrixcd::bot {

class interview {
public:
    interview(questions& with, environment variables) : with_(with), variables_(std::move(variables)) {}

    // What to write down; nothing if the answers ended before that. A room was made last of all, and whoever may command is invited. It is
    // encrypted, and the configuration has a new recovery key, unless the account's identity is another client's.
    std::optional<config> hold();

private:
    bool ask_account();
    bool ask_password();
    bool ask_login();
    bool ask_people();
    bool ask_semaphore();
    bool ask_token();
    bool ask_projects();
    bool make_room();
    void prepare_encryption();
    base::result<void> try_login();
    base::result<std::vector<semaphore::project>> visible_projects();

    questions& with_;
    environment variables_;
    config made_;
    ci_config server_;
};

}  // namespace chatrixcd::bot
