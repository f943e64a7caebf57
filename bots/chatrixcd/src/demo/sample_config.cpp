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
    encryption: on
  }}
  bot: {{
    command_prefix: "!cd"
    allowed_rooms: ["{room}"]
    admin_users: ["{person}"]
  }}
)hjson";

constexpr std::string_view local_jobs = R"hjson(  ci: [
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

constexpr std::string_view semaphore_jobs = R"hjson(  semaphore: {{
    url: "{semaphore}"
    api_token: {{file: "{token_file}"}}
  }}
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

std::vector<std::string> sample_words(sample_ci of, std::string_view before) {
    bool const is_local = of == sample_ci::local;
    std::string const project = is_local ? "demo" : "web";
    std::vector<std::string> const jobs =
        is_local ? std::vector<std::string>{"hello", "broken", "deploy"} : std::vector<std::string>{"deploy", "broken", "plan", "slow"};
    std::vector<std::string> commands = {"help", "projects", "templates", "run", "status", "logs", "stop", "ping", "info"};
    if (!is_local) commands.insert(commands.end(), {"approve", "reject"});
    auto const words = words_in(before);
    if (words.empty()) return {"!cd", ":kill", ":help", ":quit"};
    if (words.front() != "!cd") return {};
    if (words.size() == 1) return commands;
    if (words[1] == "templates") return {project};
    if (words[1] == "help") return {commands.begin() + 1, commands.end()};
    if (words[1] != "run") return {};
    if (words.size() == 2) {
        auto all = jobs;
        all.insert(all.begin(), project);
        return all;
    }
    if (words[2] == project && words.size() == 3) return jobs;
    std::string const& job = words[2] == project ? words[3] : words[2];
    if (job == "deploy") return {"env=staging", "env=prod", "version="};
    return {};
}

std::string sample_config(sample_settings const& s) {
    using fmt::arg;
    std::string const jobs = s.semaphore_url.empty()
                                 ? fmt::format(local_jobs)
                                 : fmt::format(semaphore_jobs, arg("semaphore", s.semaphore_url), arg("token_file", s.token_file));
    return fmt::format(text, arg("port", s.port), arg("bot_user", s.bot_user), arg("password_file", s.password_file),
                       arg("store_folder", s.store_folder), arg("room", s.room), arg("person", s.person)) +
           jobs;
}

}  // namespace chatrixcd::bot
