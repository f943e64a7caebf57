// SPDX-License-Identifier: Apache-2.0
#include "demo/prompt.hpp"

#include <editline/readline.h>
#include <langinfo.h>
#include <malloc.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <cwchar>
#include <memory>
#include <string_view>

#include <chatrixcd/base/readable.hpp>

namespace chatrixcd::bot {
namespace {

constexpr char const* sign = "> ";
constexpr std::size_t sign_columns = 2;
constexpr int kept_lines = 500;
constexpr std::size_t most_characters = 1000;

// libedit writes a zero behind the line through rl_line_buffer, which it forgets to update where it moves its copy of the line: over
// memory that is free, once a line has some 500 characters that are not ASCII. So it gets a place to write to, larger than any line.
char zero_goes_here[8 * most_characters];

// libedit calls back without a context.
prompt* active = nullptr;

// Without a UTF-8 locale libedit takes each byte for a character.
void use_utf8() {
    std::setlocale(LC_CTYPE, "");
    if (std::strcmp(::nl_langinfo(CODESET), "UTF-8") != 0) std::setlocale(LC_CTYPE, "C.UTF-8");
}

// The line up to there. Of an empty line libedit makes a byte without an end, and rl_end does not always say that it is empty.
std::string line_until(int end) {
    if (end <= 0) return {};
    std::unique_ptr<char, void (*)(void*)> const copied(::rl_copy_text(0, end), std::free);
    if (!copied) return {};
    void const* const stop = std::memchr(copied.get(), 0, ::malloc_usable_size(copied.get()));
    return stop == nullptr ? std::string() : std::string(copied.get());
}

// Where the cursor is behind the sign and a text: the terminal's columns count, as libedit counts them, not bytes or characters.
struct place_on_screen {
    std::size_t row = 0;
    std::size_t column = sign_columns;
};
place_on_screen place_behind(std::string_view text, std::size_t columns) {
    place_on_screen at;
    std::mbstate_t state{};
    while (!text.empty()) {
        wchar_t point = 0;
        std::size_t const read = std::mbrtowc(&point, text.data(), text.size(), &state);
        bool const is_valid = read != 0 && read <= text.size();
        if (!is_valid) state = std::mbstate_t{};
        auto const width = is_valid ? static_cast<std::size_t>(std::max(::wcwidth(point), 0)) : 1U;
        text.remove_prefix(is_valid ? read : 1U);
        // A wide character that does not fit goes to the next row.
        if (at.column + width > columns) at = {at.row + 1, 0};
        at.column += width;
        if (at.column == columns) at = {at.row + 1, 0};
    }
    return at;
}

}  // namespace

struct prompt_hooks {
    static void line(char* text) { active->take(text); }
    // Ctrl-D leaves on an empty line alone. (libedit's own end of input is lost in its callback interface.)
    static int end(int, int) {
        if (::rl_end == 0) active->ended_ = true;
        return 0;
    }
    static char* match(char const* text, int state) {
        if (state == 0) active->matches_ = active->candidates(active->before_, text);
        auto const index = static_cast<std::size_t>(state);
        return index < active->matches_.size() ? ::strdup(active->matches_[index].c_str()) : nullptr;
    }
    static char** complete(char const* text, int start, int) {
        active->before_ = line_until(start);
        ::rl_attempted_completion_over = 1;
        return ::rl_completion_matches(text, match);
    }
};

prompt::prompt(boost::asio::any_io_executor executor, std::string history_file, bool erase, completions words)
    : executor_(std::move(executor)), history_file_(std::move(history_file)), erase_(erase), words_(std::move(words)) {
    use_utf8();
    active = this;
    ::rl_readline_name = "chatrixcd";
    ::using_history();
    ::stifle_history(kept_lines);
    if (!history_file_.empty()) ::read_history(history_file_.c_str());
    ::rl_attempted_completion_function = prompt_hooks::complete;
    ::rl_callback_handler_install(sign, prompt_hooks::line);
    constexpr int control_d = 4;
    ::rl_add_defun("chatrixcd-end", prompt_hooks::end, control_d);
    shown_ = true;
}

prompt::~prompt() {
    ::rl_callback_handler_remove();
    if (shown_) std::printf("\n");
    std::fflush(stdout);
    if (!history_file_.empty()) ::write_history(history_file_.c_str());
    active = nullptr;
}

void prompt::take(char* line) {
    if (line == nullptr) {
        ended_ = true;
        return;
    }
    line_ = line;
    if (*line != '\0') ::add_history(line);
    if (erase_) erase_entered(*line_);
    std::free(line);
    shown_ = false;
}

void prompt::erase_entered(std::string const& line) const {
    std::size_t const rows = place_behind(line, size_of_terminal().columns).row + 1;
    std::printf("\r\x1b[%zuA\x1b[J", rows);
    std::fflush(stdout);
}

boost::asio::awaitable<std::optional<std::string>> prompt::read_line() {
    if (!shown_ && !ended_) {
        ::rl_callback_handler_install(sign, prompt_hooks::line);
        shown_ = true;
    }
    while (!line_ && !ended_) {
        co_await base::wait_readable(executor_, STDIN_FILENO);
        ::rl_line_buffer = zero_goes_here;
        ::rl_callback_read_char();
        if (!line_ && !ended_) cut_line();
    }
    std::optional<std::string> taken = std::move(line_);
    line_.reset();
    co_return taken;
}

// A command is shorter; beyond this libedit moves its own line, too.
void prompt::cut_line() {
    if (static_cast<std::size_t>(::rl_end) <= most_characters) return;
    auto const text = line_until(::rl_end);
    std::size_t characters = 0;
    std::size_t end = 0;
    while (end < text.size() && characters <= most_characters) {
        if ((static_cast<unsigned char>(text[end]) & 0xC0U) != 0x80U && ++characters > most_characters) break;
        ++end;
    }
    if (end == text.size()) return;
    ::rl_replace_line(text.substr(0, end).c_str(), 0);
    std::printf("\a");
    ::rl_forced_update_display();
}

void prompt::hide() {
    if (!erase_) {
        // A terminal that knows no sequences: blanks over what stands there.
        std::string const blanks(sign_columns + static_cast<std::size_t>(::rl_end), ' ');
        std::printf("\r%s\r", blanks.c_str());
        return;
    }
    auto const whole = line_until(::rl_end);
    auto const before_cursor = std::string_view(whole).substr(0, static_cast<std::size_t>(::rl_point));
    std::size_t const rows = place_behind(before_cursor, size_of_terminal().columns).row;
    std::string up = "\r";
    if (rows > 0) up += "\x1b[" + std::to_string(rows) + "A";
    up += "\x1b[J";
    std::fwrite(up.data(), 1, up.size(), stdout);
}

void prompt::print_above(std::string_view text) {
    if (shown_) hide();
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
    if (shown_) ::rl_forced_update_display();
}

std::vector<std::string> prompt::candidates(std::string_view before, std::string const& beginning) const {
    std::vector<std::string> found;
    for (std::string& word : words_(before)) {
        if (word.starts_with(beginning)) found.push_back(std::move(word));
    }
    return found;
}

terminal_size size_of_terminal() {
    struct winsize reported {};
    terminal_size size;
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &reported) != 0 || reported.ws_col == 0) return size;
    size.columns = reported.ws_col;
    if (reported.ws_row > 0) size.rows = reported.ws_row;
    return size;
}

}  // namespace chatrixcd::bot
