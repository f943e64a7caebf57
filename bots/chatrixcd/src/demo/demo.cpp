// SPDX-License-Identifier: Apache-2.0
#include "demo/demo.hpp"

#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chatrixcd/base/files.hpp>
#include <chatrixcd/base/signals.hpp>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <optional>
#include <string_view>

#include "demo/prompt.hpp"
#include "demo/quiet_terminal.hpp"
#include "demo/sample_config.hpp"
#include "demo/screen.hpp"
#include "demo/script.hpp"
#include "demo/stage.hpp"

namespace chatrixcd::bot {
namespace {

namespace asio = boost::asio;
using asio::awaitable;

std::string welcome(sample_ci of) {
    std::string const first = of == sample_ci::local ? "!cd run demo hello" : "!cd run web deploy env=staging version=1.4.2";
    std::string const runs = of == sample_ci::local ? "" : " Its jobs are those of a stand-in for a Semaphore UI server.";
    return "This is a room on a homeserver of its own; the bot is in it." + runs + " Type !cd help, or " + first +
           ".\n"
           "  :kill   ends the bot with SIGKILL and lets it come back      :quit   leaves (or Ctrl-D)";
}

sample_ci runs_of(demo_command const& asked) { return asked.semaphore ? sample_ci::semaphore : sample_ci::local; }

// What the terminal can do, and what its user wants (https://no-color.org).
screen_options terminal_options(environment const& variables, bool interactive) {
    screen_options options;
    terminal_size const size = size_of_terminal();
    options.width = size.columns;
    options.height = size.rows;
    bool const terminal = ::isatty(STDOUT_FILENO) == 1;
    bool const dumb = variables("TERM").value_or("dumb") == "dumb";
    bool const no_color = !variables("NO_COLOR").value_or("").empty();
    options.color = terminal && !dumb && !no_color;
    options.repaint = interactive && terminal && !dumb;
    return options;
}

void print_login(stage& s) {
    std::cout << "Any Matrix client on this machine can join: homeserver " << s.homeserver().url() << ", user " << s.person_id()
              << ", password " << s.person_password().reveal() << "\nThe room is end-to-end encrypted. There, verify with the recovery key "
              << s.person_recovery().reveal() << std::endl;
}

awaitable<exit_code> scripted(stage& s, screen& view) {
    s.on_note([&view](std::string line) { std::cout << view.note(line) << std::flush; });
    s.person().on_change([&view, &s](std::size_t index, entry const& e) {
        // Printed once: a reaction is not worth a second line.
        if (e.sender == s.person_id() && !e.reactions.empty()) return;
        std::cout << view.show(index, e) << std::flush;
    });
    auto const complain = [](std::string line) { std::cerr << "error: " << line << '\n'; };
    auto const kill = [&view, &s] {
        std::cout << view.note("SIGKILL to the bot, process " + std::to_string(s.bot().pid())) << std::flush;
        s.bot().kill();
    };
    bool const went_well = co_await play_script(s.runs(), s.person(), kill, complain);
    if (went_well) co_return exit_code::success;
    co_return exit_code::demo_failed;
}

// True if the line was one of the demo's own.
bool own_command(std::string const& line, stage& s, prompt& input, screen& view, bool& leave) {
    if (line.empty() || line.front() != ':') return false;
    if (line == ":quit" || line == ":q") {
        leave = true;
    } else if (line == ":kill") {
        auto const process = s.bot().pid();
        input.print_above(view.note(process == 0 ? std::string("there is no bot to kill: it is just being started")
                                                 : "SIGKILL to the bot, process " + std::to_string(process)));
        s.bot().kill();
    } else if (line == ":help") {
        input.print_above(view.note(welcome(s.runs())));
    } else {
        input.print_above(view.note(line + " is no command of the demo; there are :kill, :quit and :help (and !cd help for the bot's)"));
    }
    return true;
}

awaitable<void> send(stage& s, std::string line, prompt& input, screen& view) {
    auto said = co_await s.person().say(std::move(line));
    if (!said) input.print_above(view.note("not sent: " + said.error().describe()));
}

// While it lives, what comes is shown above the line that is typed. What the bot says while it is being stopped comes when there is no
// line any more.
class shown_above_the_line {
public:
    shown_above_the_line(stage& s, screen& view, prompt& input) : stage_(s) {
        s.on_note([&view, &input](std::string line) { input.print_above(view.note(line)); });
        s.person().on_change([&s, &view, &input](std::size_t index, entry const& e) {
            terminal_size const now = size_of_terminal();
            view.resize(now.columns, now.rows);
            // A terminal that cannot erase shows the line as it was typed.
            if (!view.repaints() && e.sender == s.person_id()) return;
            input.print_above(view.show(index, e));
        });
    }
    ~shown_above_the_line() {
        stage_.person().on_change(nullptr);
        stage_.on_note(nullptr);
    }
    shown_above_the_line(shown_above_the_line const&) = delete;
    shown_above_the_line& operator=(shown_above_the_line const&) = delete;

private:
    stage& stage_;
};

awaitable<void> converse(stage& s, screen& view, prompt& input) {
    shown_above_the_line const shown(s, view, input);
    bool leave = false;
    while (!leave) {
        auto line = co_await input.read_line();
        if (!line) break;
        if (line->empty() || own_command(*line, s, input, view, leave)) continue;
        co_await send(s, *line, input, view);
    }
}

awaitable<exit_code> interactive(stage& s, screen& view, asio::any_io_executor executor) {
    std::cout << view.note(welcome(s.runs())) << std::flush;
    auto const words = [of = s.runs()](std::string_view before) { return sample_words(of, before); };
    prompt input(executor, s.history_file(), view.repaints(), words);
    co_await converse(s, view, input);
    co_return exit_code::success;
}

// From the first account to the last line.
awaitable<void> play(stage& s, screen& view, asio::any_io_executor executor, demo_command asked, bool with_person, exit_code& outcome) {
    s.on_note([](std::string line) { std::cerr << line << '\n'; });
    std::optional<quiet_terminal> until_there_is_a_prompt;
    if (with_person) until_there_is_a_prompt.emplace();
    auto raised = co_await s.raise(asked.listen.value_or(0));
    until_there_is_a_prompt.reset();
    if (!raised) {
        std::cerr << "error: " << raised.error().describe() << '\n';
        outcome = exit_code_of(raised.error());
        co_return;
    }
    if (asked.listen) print_login(s);
    if (with_person) {
        outcome = co_await interactive(s, view, executor);
    } else {
        outcome = co_await scripted(s, view);
    }
}

awaitable<void> leave_at_signal(asio::any_io_executor executor, base::task_group& acts, exit_code& outcome, exit_code when_signalled) {
    co_await base::wait_for_stop_signal(executor);
    outcome = when_signalled;
    acts.cancel();
}

awaitable<void> perform(asio::any_io_executor executor, demo_command asked, std::string folder, environment variables, exit_code& outcome) {
    bool const with_person = !asked.script && ::isatty(STDIN_FILENO) == 1;
    stage s(executor, folder, variables, runs_of(asked));
    screen view(terminal_options(variables, with_person), "@you:demo.local");
    std::exception_ptr failure;
    base::task_group acts(executor, [&failure](std::exception_ptr e) { failure = e; });
    base::task_group signals(executor, [](std::exception_ptr) {});
    // Signals first: from here on Ctrl-C leaves in order.
    signals.spawn(leave_at_signal(executor, acts, outcome, with_person ? exit_code::success : exit_code::failure));
    acts.spawn(play(s, view, executor, std::move(asked), with_person, outcome));
    co_await acts.join();
    signals.cancel();
    co_await signals.join();
    co_await s.strike();
    if (failure) std::rethrow_exception(failure);
}

}  // namespace

exit_code demo(demo_command const& asked, environment variables) {
    std::optional<base::temporary_folder> temporary;
    std::string folder = asked.keep;
    if (folder.empty()) {
        temporary.emplace("chatrixcd-demo-");
        folder = temporary->path();
    } else {
        folder = std::filesystem::absolute(folder).string();
        base::make_private_folder(folder).value();
    }
    exit_code outcome = exit_code::failure;
    std::exception_ptr failure;
    {  // the loop ends before its temporary folder goes
        asio::io_context loop(1);
        asio::co_spawn(loop, perform(loop.get_executor(), asked, folder, std::move(variables), outcome),
                       [&failure](std::exception_ptr e) { failure = e; });
        loop.run();
    }
    if (failure) std::rethrow_exception(failure);
    bool const was_up = outcome == exit_code::success || outcome == exit_code::demo_failed;
    if (!temporary && was_up) std::cout << "All data is kept in " << folder << '\n';
    if (outcome == exit_code::success) std::cout << "For a room of your own: chatrixcd init\n";
    return outcome;
}

}  // namespace chatrixcd::bot
