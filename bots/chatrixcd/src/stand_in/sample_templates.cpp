// SPDX-License-Identifier: Apache-2.0
#include "stand_in/sample_templates.hpp"

namespace chatrixcd::bot {
namespace {

using semaphore::testing::script;

// Semaphore gives variables to shell scripts as arguments.
constexpr char const* deploy = R"sh(for given; do
    case "$given" in
        env=*) target=${given#env=} ;;
        version=*) version=${given#version=} ;;
    esac
done
for step in fetch build test release; do echo "$step $version for $target"; sleep 1; done)sh";
constexpr char const* deploy_asks_for =
    R"([{"name": "env", "title": "Target", "description": "where to", "type": "enum", "required": true,
         "values": [{"name": "Staging", "value": "staging"}, {"name": "Production", "value": "prod"}]},
        {"name": "version", "title": "Version", "description": "what to release", "type": "", "default_value": "1.0.0"}])";
constexpr char const* broken = R"sh(echo "checking the disk"; echo "error: no space left" >&2; exit 3)sh";
constexpr char const* slow =
    R"sh(for second in 1 2 3 4 5 6 7 8; do echo "second $second of 8"; sleep 1; done; echo "all of it, whoever watched")sh";

script shell(char const* text, char const* name) {
    script does;
    does.program = {"/bin/sh", "-c", text, name};
    return does;
}

}  // namespace

void furnish(semaphore::testing::server& server) {
    auto const web = server.add_project("web");
    server.add_template(web, "deploy", shell(deploy, "deploy"), deploy_asks_for);
    server.add_template(web, "broken", shell(broken, "broken"));
    script plan;
    plan.prints = {"Plan: 2 to add, 0 to change, 1 to destroy.", "Apply complete!"};
    plan.lasts = std::chrono::seconds(2);
    plan.waits_for_confirmation = true;
    server.add_template(web, "plan", plan);
    server.add_template(web, "slow", shell(slow, "slow"));
}

}  // namespace chatrixcd::bot
