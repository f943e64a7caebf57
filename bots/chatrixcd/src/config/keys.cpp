// SPDX-License-Identifier: Apache-2.0
#include "config/keys.hpp"

#include <algorithm>
#include <cctype>

namespace chatrixcd::bot {

std::string key::path() const { return std::string(section) + "." + std::string(name); }

std::string key::environment() const {
    std::string variable = "CHATRIXCD_" + std::string(section) + "_" + std::string(name);
    std::transform(variable.begin(), variable.end(), variable.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return variable;
}

std::span<key const> all_keys() {
    static std::vector<key> const keys = {
        {"matrix",
         "homeserver",
         "URL or name of the bot's homeserver",
         "https://matrix.example.org",
         text_member([](config& c) -> std::string& { return c.matrix.homeserver; }),
         {}},
        {"matrix",
         "user_id",
         "the bot's own Matrix id",
         "@bot:example.org",
         text_member([](config& c) -> std::string& { return c.matrix.user_id; }),
         {}},
        {"matrix",
         "auth_type",
         "how the bot logs in: with a password, or with an access token that exists already",
         "password",
         text_member([](config& c) -> std::string& { return c.matrix.auth_type; }),
         {"password", "token"}},
        {"matrix",
         "password",
         "the bot's password, used once to log in",
         "{\"file\": \"/etc/chatrixcd/password\"}",
         secret_member([](config& c) -> secret_source& { return c.matrix.password; }),
         {}},
        {"matrix",
         "access_token",
         "an access token; if set, no password is used",
         "{\"env\": \"BOT_TOKEN\"}",
         secret_member([](config& c) -> secret_source& { return c.matrix.access_token; }),
         {}},
        {"matrix",
         "device_name",
         "the name others see in the bot's list of sessions",
         "ChatrixCD Bot",
         text_member([](config& c) -> std::string& { return c.matrix.device_name; }),
         {}},
        {"matrix",
         "store_path",
         "the folder of the bot's databases; one bot a folder",
         "/var/lib/chatrixcd",
         text_member([](config& c) -> std::string& { return c.matrix.store_path; }),
         {}},
        {"matrix",
         "ca_file",
         "a PEM file of CAs to trust beside the system's",
         "/etc/chatrixcd/ca.pem",
         text_member([](config& c) -> std::string& { return c.matrix.ca_file; }),
         {}},
        {"matrix",
         "client_certificate",
         "a PEM file of the certificate that the homeserver asks for",
         "/etc/chatrixcd/client.pem",
         text_member([](config& c) -> std::string& { return c.matrix.client_certificate; }),
         {}},
        {"matrix",
         "client_key",
         "a PEM file of that certificate's key",
         "/etc/chatrixcd/client.key",
         text_member([](config& c) -> std::string& { return c.matrix.client_key; }),
         {}},
        {"bot",
         "command_prefix",
         "what a command begins with",
         "!cd",
         text_member([](config& c) -> std::string& { return c.bot.command_prefix; }),
         {}},
        {"bot",
         "allowed_rooms",
         "ids of the rooms in which commands are taken; empty: none",
         "[\"!abc:example.org\"]",
         list_member([](config& c) -> std::vector<std::string>& { return c.bot.allowed_rooms; }),
         {}},
        {"bot",
         "admin_users",
         "Matrix ids of those who may command; empty: nobody",
         "[\"@you:example.org\"]",
         list_member([](config& c) -> std::vector<std::string>& { return c.bot.admin_users; }),
         {}},
        {"bot",
         "verbosity",
         "how much is logged",
         "info",
         text_member([](config& c) -> std::string& { return c.bot.verbosity; }),
         {"silent", "error", "info", "debug"}},
        {"bot",
         "log_format",
         "logs for people or for machines",
         "text",
         text_member([](config& c) -> std::string& { return c.bot.log_format; }),
         {"text", "json"}},
    };
    return keys;
}

key const* find_key(std::string_view path) {
    for (key const& k : all_keys()) {
        if (k.path() == path) return &k;
    }
    return nullptr;
}

}  // namespace chatrixcd::bot
