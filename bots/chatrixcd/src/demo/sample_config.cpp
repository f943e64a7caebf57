// SPDX-License-Identifier: Apache-2.0
#include "demo/sample_config.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace chatrixcd::bot {
namespace {

constexpr std::string_view text = R"hjson(# The demo's bot. `chatrixcd check -c FILE` explains each value.
{{
  matrix: {{
    homeserver: "http://127.0.0.1:{port}"
    user_id: "{bot_user}"
    password: {{file: "{password_file}"}}
    device_name: "ChatrixCD demo"
    store_path: "{store_folder}"
  }}
  bot: {{
    command_prefix: "!cd"
    allowed_rooms: ["{room}"]
    admin_users: ["{person}"]
  }}
  ci: [
    {{
      name: local
      type: executor
      projects: [
        {{
          name: demo
          description: "Three jobs to play with"
          jobs: [
            {{
              name: hello
              description: "Says hello and succeeds"
              argv: ["/bin/sh", "-c", "echo \"Hello from a job on $(uname -s)\"; echo done"]
            }}
            {{
              name: broken
              description: "Fails with exit status 3"
              argv: ["/bin/sh", "-c", "echo \"checking the disk\"; echo \"error: no space left\" >&2; exit 3"]
            }}
            {{
              name: deploy
              description: "Takes parameters and some seconds"
              argv: ["/bin/sh", "-c", "for step in fetch build test release; do echo \"$step $VERSION for $TARGET\"; sleep 1; done"]
              environment: {{VERSION: "{{version}}", TARGET: "{{env}}"}}
              parameters: [
                {{name: "env", help: "where to", choices: ["staging", "prod"], required: true}}
                {{name: "version", help: "what to release", default: "1.0.0", pattern: "[0-9]+(\\.[0-9]+)*"}}
              ]
              timeout: 60
            }}
          ]
        }}
      ]
    }}
  ]
}}
)hjson";

std::vector<std::string> words_in(std::string_view line) {
    std::vector<std::string> words;
    while (true) {
        auto const start = line.find_first_not_of(" \t");
        if (start == std::string_view::npos) return words;
        line.remove_prefix(start);
        auto const end = std::min(line.find_first_of(" \t"), line.size());
        words.emplace_back(line.substr(0, end));
        line.remove_prefix(end);
    }
}

}  // namespace

std::vector<std::string> sample_words(std::string_view before) {
    auto const words = words_in(before);
    if (words.empty()) return {"!cd", ":kill", ":help", ":quit"};
    if (words.front() != "!cd") return {};
    if (words.size() == 1) return {"help", "projects", "templates", "run", "status", "logs", "stop", "ping", "info"};
    if (words[1] == "templates") return {"demo"};
    if (words[1] == "help") return {"projects", "templates", "run", "status", "logs", "stop", "ping", "info"};
    if (words[1] != "run") return {};
    if (words.size() == 2) return {"demo", "hello", "broken", "deploy"};
    if (words[2] == "demo" && words.size() == 3) return {"hello", "broken", "deploy"};
    std::string const& job = words[2] == "demo" ? words[3] : words[2];
    if (job == "deploy") return {"env=staging", "env=prod", "version="};
    return {};
}

std::string sample_config(sample_settings const& s) {
    using fmt::arg;
    return fmt::format(text, arg("port", s.port), arg("bot_user", s.bot_user), arg("password_file", s.password_file),
                       arg("store_folder", s.store_folder), arg("room", s.room), arg("person", s.person));
}

}  // namespace chatrixcd::bot
