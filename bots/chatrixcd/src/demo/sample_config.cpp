// SPDX-License-Identifier: Apache-2.0
#include "demo/sample_config.hpp"

#include <fmt/format.h>

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

}  // namespace

std::string sample_config(sample_settings const& s) {
    using fmt::arg;
    return fmt::format(text, arg("port", s.port), arg("bot_user", s.bot_user), arg("password_file", s.password_file),
                       arg("store_folder", s.store_folder), arg("room", s.room), arg("person", s.person));
}

}  // namespace chatrixcd::bot
