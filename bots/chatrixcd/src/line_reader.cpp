// SPDX-License-Identifier: Apache-2.0
#include "line_reader.hpp"

#include <termios.h>
#include <unistd.h>

#include <chatrixcd/base/error.hpp>
#include <chatrixcd/base/readable.hpp>

namespace chatrixcd::bot {

using boost::asio::awaitable;

awaitable<std::optional<std::string>> line_reader::next() {
    for (;;) {
        std::size_t const end = kept_.find('\n');
        if (end != std::string::npos) {
            std::string line = kept_.substr(0, end);
            kept_.erase(0, end + 1);
            co_return line;
        }
        if (ended_) break;
        co_await wait();
        char buffer[4096];
        ssize_t const got = ::read(STDIN_FILENO, buffer, sizeof buffer);
        if (got > 0) kept_.append(buffer, static_cast<std::size_t>(got));
        ended_ = got <= 0;
    }
    if (kept_.empty()) co_return std::nullopt;
    std::string last;
    last.swap(kept_);
    co_return last;
}

awaitable<void> line_reader::wait() {
    // A plain file cannot be waited for, and need not be.
    if (plain_file_) co_return;
    try {
        co_await base::wait_readable(executor_, STDIN_FILENO);
    } catch (base::error_exception const&) {
        plain_file_ = true;
    }
}

void line_reader::forget_typed() {
    if (::isatty(STDIN_FILENO) == 0) return;
    ::tcflush(STDIN_FILENO, TCIFLUSH);
    kept_.clear();
}

}  // namespace chatrixcd::bot
