// SPDX-License-Identifier: Apache-2.0
#include "command_line.hpp"

#include <CLI/CLI.hpp>
#include <chatrixcd/base/text.hpp>
#include <iostream>
#include <string_view>

#include "config/diagnostics.hpp"
#include "config/listen_address.hpp"
#include "version.hpp"

namespace chatrixcd::bot {
namespace {

// "matrix.user_id=@bot:example.org"
std::string check_override(std::string const& text) {
    std::size_t const equals = text.find('=');
    if (equals == std::string::npos || equals == 0) return "write --set section.key=value";
    return {};
}

// Empty if it is one, else what to write.
std::string check_port(std::string const& text) {
    std::uint16_t unused = 0;
    return read_port(text, unused);
}

std::string check_listen(std::string const& text) {
    listen_address unused;
    return read_listen_address(text, unused);
}

struct raw_homeserver_options {
    std::string listen;
    bool in_memory = false;
    homeserver_command command;

    void add_to(CLI::App& to) {
        to.add_option("--listen", listen, "where to listen; port 0: any free one")
            ->type_name("[ADDRESS:]PORT")
            ->required()
            ->check(CLI::Validator(check_listen, "", "listen"));
        auto* store = to.add_option("--store", command.store, "the database; uploads go into a folder beside it")->type_name("FILE");
        auto* memory = to.add_flag("--in-memory", in_memory, "keep nothing: for tests");
        store->excludes(memory);
        to.add_option("--server-name", command.server_name, "what stands behind the colon of every id; belongs to the store for good")
            ->type_name("NAME")
            ->default_val("localhost");
        auto* accounts = to.add_option("--register", command.accounts, "make these accounts, if they are not there")->type_name("USER");
        auto* open = to.add_flag("--open-registration", command.open_registration, "let anybody make an account");
        accounts->excludes(open);
        to.add_option("--public-url", command.public_url, "what /.well-known/matrix/client says")->type_name("URL");
        to.add_flag("--rate-limits", command.rate_limits, "slow down who asks too much");
    }
    homeserver_command finished() const {
        homeserver_command done = command;
        read_listen_address(listen, done.where);
        return done;
    }
};

struct raw_double_options {
    std::string listen;
    semaphore_double_command command;

    void add_to(CLI::App& to) {
        to.add_option("--listen", listen, "where to listen; port 0: any free one")
            ->type_name("[ADDRESS:]PORT")
            ->required()
            ->check(CLI::Validator(check_listen, "", "listen"));
        to.add_option("--token-file", command.token_file, "a file with the API token that is to be accepted")
            ->type_name("FILE")
            ->required();
    }
    semaphore_double_command finished() const {
        auto done = command;
        read_listen_address(listen, done.where);
        return done;
    }
};

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

// What is wrong with the first word; CLI11 would only miss a subcommand. Empty if nothing is.
std::string first_mistake(CLI::App const& app, int count, char const* const* words) {
    if (count < 2) return {};
    std::string const first = words[1];
    if (first == "--version") return count > 2 ? "--version stands alone" : "";
    if (first.empty() || first.front() == '-') return {};
    std::vector<std::string> names;
    std::string list;
    for (CLI::App const* command : app.get_subcommands([](CLI::App const*) { return true; })) {
        if (command->get_name() == first) return {};
        names.push_back(command->get_name());
        list += (list.empty() ? "" : ", ") + command->get_name();
    }
    std::string const close = nearest(first, names);
    return "there is no command `" + first + "`; " + (close.empty() ? "" : "did you mean `" + close + "`? ") + "The commands: " + list;
}

std::string usage_mistake(std::string_view sentence) {
    return "error: " + base::text::one_line(std::string(sentence)) + " (`chatrixcd --help` says more)\n";
}

}  // namespace

std::variant<parsed_command, exit_code> parse_command_line(int count, char const* const* words) {
    CLI::App app("Run and watch CI jobs from a Matrix room.\nTry `chatrixcd demo`: it needs nothing.", "chatrixcd");
    app.set_version_flag("--version", std::string("chatrixcd ") + version);
    app.require_subcommand(1);
    app.failure_message([](CLI::App const*, CLI::Error const& e) { return usage_mistake(e.what()); });

    raw_config_options for_run;
    CLI::App* run = app.add_subcommand("run", "Run the bot until SIGINT or SIGTERM");
    for_run.add_to(*run);

    raw_config_options for_check;
    CLI::App* check = app.add_subcommand("check", "Read the configuration and say where each value comes from; start nothing");
    for_check.add_to(*check);

    init_command beginning;
    CLI::App* init = app.add_subcommand("init", "Ask for what a bot needs, try each answer, make a room, write the configuration");
    init->add_option("-c,--config", beginning.file, "the file to write; must not be there")->type_name("FILE")->capture_default_str();

    raw_config_options for_doctor;
    CLI::App* doctor =
        app.add_subcommand("doctor", "Try the homeserver, the account and the CI servers of the configuration; start nothing");
    for_doctor.add_to(*doctor);

    raw_config_options for_console;
    CLI::App* console = app.add_subcommand("console", "Type commands here, as the local operator, with no Matrix");
    for_console.add_to(*console);

    raw_config_options for_verify;
    std::string whom;
    CLI::App* verify = app.add_subcommand("verify", "Compare emoji or numbers with somebody, here at the machine; the bot must not run");
    for_verify.add_to(*verify);
    CLI::Option* person =
        verify->add_option("person", whom, "who is asked; without it a person in bot.admin_users asks")->type_name("@USER:SERVER");
    bool replaces_identity = false;
    bool is_sure = false;
    CLI::Option* replaces =
        verify->add_flag("--replace-identity", replaces_identity,
                         "give the bot's account a new identity, for when the old one is lost; everybody verifies the bot anew");
    replaces->excludes(person);
    verify->add_flag("--yes", is_sure, "with --replace-identity: ask nobody whether that is wanted")->needs(replaces);

    demo_command trial;
    CLI::App* demo = app.add_subcommand("demo", "A homeserver, the bot and sample jobs in this terminal; nothing to configure");
    demo->add_flag("--script", trial.script, "play a fixed conversation, print it, exit 0 if the last run succeeds");
    demo->add_flag("--semaphore", trial.semaphore, "with jobs of a stand-in for a Semaphore UI server, in a process of its own");
    demo->add_option("--keep", trial.keep, "keep all data in this folder instead of a temporary one")->type_name("DIR");
    std::uint16_t port = 0;
    CLI::Option* listen = demo->add_option("--listen", port, "listen on this port and print a login for any Matrix client")
                              ->type_name("PORT")
                              ->check(CLI::Validator(check_port, "", "port"));

    raw_homeserver_options for_homeserver;
    CLI::App* homeserver = app.add_subcommand("homeserver", "The embedded Matrix homeserver alone, until SIGINT or SIGTERM");
    for_homeserver.add_to(*homeserver);

    raw_double_options for_double;
    CLI::App* semaphore_double =
        app.add_subcommand("semaphore-double", "A stand-in for a Semaphore UI server with four sample templates, until SIGINT or SIGTERM");
    for_double.add_to(*semaphore_double);

    if (std::string const wrong = first_mistake(app, count, words); !wrong.empty()) {
        std::cerr << usage_mistake(wrong);
        return exit_code::usage;
    }
    try {
        app.parse(count, words);
        if (homeserver->parsed() && for_homeserver.command.store.empty() && !for_homeserver.in_memory) {
            throw CLI::RequiredError("--store FILE, or --in-memory,");
        }
    } catch (CLI::ParseError const& e) {
        int const status = app.exit(e, std::cout, std::cerr);
        return status == 0 ? exit_code::success : exit_code::usage;
    }
    if (run->parsed()) return parsed_command(run_command{for_run.finished()});
    if (check->parsed()) return parsed_command(check_command{for_check.finished()});
    if (init->parsed()) return parsed_command(beginning);
    if (doctor->parsed()) return parsed_command(doctor_command{for_doctor.finished()});
    if (console->parsed()) return parsed_command(console_command{for_console.finished()});
    if (verify->parsed()) return parsed_command(verify_command_line{for_verify.finished(), whom, replaces_identity, is_sure});
    if (semaphore_double->parsed()) return parsed_command(for_double.finished());
    if (homeserver->parsed()) return parsed_command(for_homeserver.finished());
    if (listen->count() > 0) trial.listen = port;
    return parsed_command(trial);
}

}  // namespace chatrixcd::bot
