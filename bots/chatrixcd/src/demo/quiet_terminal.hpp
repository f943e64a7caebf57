// SPDX-License-Identifier: Apache-2.0
// While it lives, the terminal on standard input does not show what is typed; it is kept for whoever reads next. For the time before there
// is an input line: what is typed ahead will be shown when it is read. Does nothing where standard input is no terminal.
#pragma once

#include <termios.h>

#include <optional>

namespace chatrixcd::bot {

class quiet_terminal {
public:
    quiet_terminal();
    ~quiet_terminal();
    quiet_terminal(quiet_terminal const&) = delete;
    quiet_terminal& operator=(quiet_terminal const&) = delete;

private:
    std::optional<struct termios> before_;
};

}  // namespace chatrixcd::bot
