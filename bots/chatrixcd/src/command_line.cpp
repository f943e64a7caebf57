// SPDX-License-Identifier: Apache-2.0
#include "command_line.hpp"

#include <CLI/CLI.hpp>
#include <iostream>

#include "version.hpp"

namespace chatrixcd::bot {
namespace {

// "matrix.user_id=@bot:example.org"
std::string check_override(std::string const& text) {
    std::size_t const equals = text.find('=');
    if (equals == std::string::npos || equals == 0) return "write --set section.key=value";
    return {};
}

struct raw_config_options {
    std::string file;
    std::vector<std::string> sets;

    void add_to(CLI::App& command) {
        command.add_option("-c,--config", file, "configuration file (HJSON or JSON)")->type_name("FILE");
        command.add_option("--set", sets, "a value that beats file and environment: section.key=value")
            ->type_name("KEY=VALUE")
            ->check(CLI::Validator(check_override, "", "override"))
            ->allow_extra_args(false);
    }
    config_options finished() const {
        config_options options{file, {}};
        for (std::string const& text : sets) {
            std::size_t const equals = text.find('=');
            options.overrides.emplace_back(text.substr(0, equals), text.substr(equals + 1));
        }
        return options;
    }
};

}  // namespace

std::variant<parsed_command, exit_code> parse_command_line(int count, char const* const* words) {
    CLI::App app("Run and watch CI jobs from a Matrix room.\nTry `chatrixcd demo`: it needs nothing.", "chatrixcd");
    app.set_version_flag("--version", std::string("chatrixcd ") + version);
    app.require_subcommand(1);
    app.failure_message(CLI::FailureMessage::simple);

    raw_config_options for_run;
    CLI::App* run = app.add_subcommand("run", "Run the bot until SIGINT or SIGTERM");
    for_run.add_to(*run);

    raw_config_options for_check;
    CLI::App* check = app.add_subcommand("check", "Read the configuration and say where each value comes from; start nothing");
    for_check.add_to(*check);

    raw_config_options for_console;
    CLI::App* console = app.add_subcommand("console", "Type commands here, as the local operator, with no Matrix");
    for_console.add_to(*console);

    demo_command trial;
    CLI::App* demo = app.add_subcommand("demo", "A homeserver, the bot and sample jobs in this terminal; nothing to configure");
    demo->add_flag("--script", trial.script, "play a fixed conversation, print it, exit 0 if the last run succeeds");
    demo->add_option("--keep", trial.keep, "keep all data in this folder instead of a temporary one")->type_name("DIR");
    std::uint16_t port = 0;
    CLI::Option* listen = demo->add_option("--listen", port, "listen on this port and print a login for any Matrix client")->type_name("PORT");

    try {
        app.parse(count, words);
    } catch (CLI::ParseError const& e) {
        int const status = app.exit(e, std::cout, std::cerr);
        return status == 0 ? exit_code::success : exit_code::usage;
    }
    if (run->parsed()) return parsed_command(run_command{for_run.finished()});
    if (check->parsed()) return parsed_command(check_command{for_check.finished()});
    if (console->parsed()) return parsed_command(console_command{for_console.finished()});
    if (listen->count() > 0) trial.listen = port;
    return parsed_command(trial);
}

}  // namespace chatrixcd::bot
