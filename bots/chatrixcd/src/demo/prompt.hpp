// SPDX-License-Identifier: Apache-2.0
// The input line of the terminal: editing, history and completion by libedit, with room above it for what comes meanwhile. One at a time:
// libedit's state belongs to the process. The terminal is put back as it was by the destructor.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chatrixcd::bot {

class prompt {
public:
    // What may stand behind the text before it.
    using completions = std::function<std::vector<std::string>(std::string_view before)>;
    // `history_file` may be empty. `words` complete what is typed. With `erase` (the terminal knows
    // control sequences) a line vanishes once it was entered, because it will be shown in another way.
    prompt(boost::asio::any_io_executor executor, std::string history_file, bool erase, completions words);
    ~prompt();
    prompt(prompt const&) = delete;
    prompt& operator=(prompt const&) = delete;

    // The next line, of at most 1,000 characters; nothing at the end of input (Ctrl-D). Cancellable.
    boost::asio::awaitable<std::optional<std::string>> read_line();
    // Writes above the input line, which is then shown again.
    void print_above(std::string_view text);

private:
    void hide();
    void cut_line();
    void erase_entered(std::string const& line) const;
    void take(char* line);
    std::vector<std::string> candidates(std::string_view before, std::string const& beginning) const;

    friend struct prompt_hooks;
    boost::asio::any_io_executor executor_;
    std::string history_file_;
    bool erase_;
    completions words_;
    std::string before_;
    std::vector<std::string> matches_;
    std::optional<std::string> line_;
    bool ended_ = false;
    bool shown_ = false;
};

// Columns and rows of the terminal on standard output; 80 × 24 if it does not say.
struct terminal_size {
    std::size_t columns = 80;
    std::size_t rows = 24;
};
terminal_size size_of_terminal();

}  // namespace chatrixcd::bot
