// SPDX-License-Identifier: Apache-2.0
// What the operator has decided, typed, after every layer was merged: command line > file > environment > default.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <chatrixcd/base/secret.hpp>
#include <chatrixcd/executor/definition.hpp>

namespace chatrixcd::bot {

// Where a secret comes from. The value is read when the program starts, never when the file is.
struct secret_source {
    enum class kind { none, inline_text, file, environment, credential, command };
    kind from = kind::none;
    base::secret text;                 // inline_text
    std::string name;                  // file path, variable, or systemd credential
    std::vector<std::string> command;  // argv; its standard output is the secret
};

struct matrix_config {
    std::string homeserver;
    std::string user_id;
    std::string auth_type = "password";
    secret_source password;
    secret_source access_token;
    std::string device_name = "ChatrixCD Bot";
    std::string store_path = "./store";
    secret_source store_key;                // of the databases there; none: it is in a file of its own among them
    std::string encryption = "on";          // off, on
    secret_source recovery_key;             // of the account's secret storage; none: the identity is in the store alone
    std::vector<std::string> verified;      // "@you:example.org KEY" (config/verified_entry.hpp)
    std::vector<std::string> pinned_rooms;  // whose newcomers read nothing until they are let in
    std::string ca_file;
    std::string client_certificate;
    std::string client_key;
};

struct bot_config {
    std::string command_prefix = "!cd";
    std::vector<std::string> allowed_rooms;
    std::vector<std::string> admin_users;
    std::string verbosity = "info";   // silent, error, info, debug
    std::string log_format = "text";  // text, json
};

// What a server, or its tasks, may tell over HTTP instead of being asked.
struct push_config {
    secret_source key;             // webhooks signed with it are taken; none: no webhooks
    bool unsigned_alerts = false;  // Semaphore's own alerts, which carry no signature, are taken
    secret_source alert_token;     // what their URL must hold; none: nothing
};

struct semaphore_config {
    std::string url;
    secret_source token;
    std::optional<push_config> push;
    std::vector<std::string> projects;  // names or numbers; empty: all that the token's user is a member of
    std::string ca_file;
    std::string client_certificate;
    std::string client_key;
    std::int64_t requests_at_once = 8;
};

struct ci_config {
    std::string name;
    std::string type;                         // "executor" or "semaphore"
    std::vector<std::string> rooms;           // where it exists; empty: in all of bot.allowed_rooms
    std::vector<executor::project> projects;  // of an executor
    semaphore_config semaphore;               // of a semaphore
};

// The bot's own HTTP listener.
struct listener_config {
    std::string listen;  // [ADDRESS:]PORT; empty: there is none
};

struct config {
    matrix_config matrix;
    bot_config bot;
    listener_config push;
    semaphore_config semaphore;  // the section; once it is read it is one of `ci`
    std::vector<ci_config> ci;
};

}  // namespace chatrixcd::bot
