// SPDX-License-Identifier: Apache-2.0
#include "demo/quiet_terminal.hpp"

#include <unistd.h>

namespace chatrixcd::bot {

quiet_terminal::quiet_terminal() {
    struct termios now {};
    if (::tcgetattr(STDIN_FILENO, &now) != 0) return;
    before_ = now;
    now.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(STDIN_FILENO, TCSANOW, &now);
}

// TCSANOW: what was typed is not thrown away.
quiet_terminal::~quiet_terminal() {
    if (before_) ::tcsetattr(STDIN_FILENO, TCSANOW, &*before_);
}

}  // namespace chatrixcd::bot
