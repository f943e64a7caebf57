// SPDX-License-Identifier: Apache-2.0
#include "init/written.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <vector>

namespace chatrixcd::bot {

namespace {

namespace json = boost::json;

// A JSON string is one of HJSON, too.
std::string quoted(std::string const& text) { return json::serialize(json::string(text)); }
std::string quoted(std::vector<std::string> const& texts) { return json::serialize(json::array(texts.begin(), texts.end())); }

}  // namespace

std::string written(config const& made) {
    std::string out =
        "# Made by `chatrixcd init`. `chatrixcd check -c FILE` explains each value, `chatrixcd doctor -c FILE` tries them.\n"
        "# Secrets can stand elsewhere: {file: \"/etc/chatrixcd/password\"}, or in a variable, a systemd credential, a command's "
        "output.\n{\n";
    bool const has_password = made.matrix.password.from != secret_source::kind::none;
    auto const credentials =
        has_password ? "\n    password: " + quoted(std::string(made.matrix.password.text.reveal()))
                     : "\n    auth_type: token\n    access_token: " + quoted(std::string(made.matrix.access_token.text.reveal()));
    out += "  matrix: {\n    homeserver: " + quoted(made.matrix.homeserver) + "\n    user_id: " + quoted(made.matrix.user_id) + credentials;
    out += "\n    encryption: " + made.matrix.encryption;
    if (made.matrix.recovery_key.from != secret_source::kind::none) {
        out += "\n    recovery_key: " + quoted(std::string(made.matrix.recovery_key.text.reveal()));
    }
    out += "\n  }\n";
    out +=
        "  bot: {\n    allowed_rooms: " + quoted(made.bot.allowed_rooms) + "\n    admin_users: " + quoted(made.bot.admin_users) + "\n  }\n";
    out += "  semaphore: {\n    url: " + quoted(made.semaphore.url) +
           "\n    api_token: " + quoted(std::string(made.semaphore.token.text.reveal()));
    if (!made.semaphore.projects.empty()) out += "\n    projects: " + quoted(made.semaphore.projects);
    return out + "\n  }\n}\n";
}

}  // namespace chatrixcd::bot
