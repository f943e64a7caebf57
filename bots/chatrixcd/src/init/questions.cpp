// SPDX-License-Identifier: Apache-2.0
#include "init/questions.hpp"

#include <termios.h>
#include <unistd.h>

#include <chatrixcd/base/text.hpp>
#include <csignal>
#include <istream>
#include <ostream>

namespace chatrixcd::bot {

namespace {

struct termios shown {};

// Safe in a signal handler (POSIX, 2.4.3).
void show_and_end(int) {
    ::tcsetattr(STDIN_FILENO, TCSANOW, &shown);
    ::_exit(130);
}

// While it lives the terminal does not show what is typed, which Control-C ends, too.
class hidden_typing {
public:
    hidden_typing() : is_terminal_(::tcgetattr(STDIN_FILENO, &shown) == 0) {
        if (!is_terminal_) return;
        before_ = std::signal(SIGINT, show_and_end);
        auto hidden = shown;
        hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        ::tcsetattr(STDIN_FILENO, TCSANOW, &hidden);
    }
    ~hidden_typing() {
        if (!is_terminal_) return;
        ::tcsetattr(STDIN_FILENO, TCSANOW, &shown);
        std::signal(SIGINT, before_);
    }
    hidden_typing(hidden_typing const&) = delete;
    hidden_typing& operator=(hidden_typing const&) = delete;

private:
    bool is_terminal_;
    void (*before_)(int) = SIG_DFL;
};

}  // namespace

std::optional<std::string> questions::answer() {
    std::string line;
    if (!std::getline(in_, line)) return std::nullopt;
    auto const first = line.find_first_not_of(" \t\r");
    if (first == std::string::npos) return std::string();
    return line.substr(first, line.find_last_not_of(" \t\r") - first + 1);
}

std::optional<std::string> questions::ask(std::string const& question, std::string const& otherwise) {
    out_ << '\n' << question << (otherwise.empty() ? "" : " [" + otherwise + "]") << "\n> " << std::flush;
    auto said = answer();
    if (said && said->empty()) return otherwise;
    return said;
}

std::optional<std::string> questions::ask_secret(std::string const& question) {
    out_ << '\n' << question << " (what you type is not shown)\n> " << std::flush;
    hidden_typing const hidden;
    auto said = answer();
    out_ << '\n';
    return said;
}

void questions::say(std::string const& line) { out_ << "  " << base::text::one_line(line) << std::endl; }

}  // namespace chatrixcd::bot
