// SPDX-License-Identifier: Apache-2.0
// Lays entries out on a terminal and repaints one in place when it changes. Sans-I/O: it returns the bytes to write. What it printed
// last is assumed to end right above the cursor, which stands in column 1.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "demo/transcript.hpp"

namespace chatrixcd::bot {

class screen_options {
public:
    screen_options() = default;
    std::size_t width = 80;
    std::size_t height = 24;
    bool color = false;
    // Whether the terminal can move its cursor; else a changed entry is printed again below.
    bool repaint = false;
};

class screen {
public:
    screen(screen_options options, std::string own_user) : options_(options), own_user_(std::move(own_user)) {}

    bool repaints() const noexcept { return options_.repaint; }
    void resize(std::size_t width, std::size_t height);
    // A new or changed entry.
    std::string show(std::size_t index, entry const& e);
    // A line of the program itself, not of the room.
    std::string note(std::string const& text);
    // Forgets what is above: it will not be repainted.
    void forget() { blocks_.clear(); }

private:
    struct block {
        std::size_t entry;  // or `no_entry`
        std::string text;   // as painted, each line ended
        std::size_t rows;
    };
    static constexpr std::size_t no_entry = static_cast<std::size_t>(-1);

    std::string layout(entry const& e) const;
    std::string append(std::size_t index, std::string text);

    screen_options options_;
    std::string own_user_;
    std::vector<block> blocks_;  // the last ones, as many as can be on the screen
};

}  // namespace chatrixcd::bot
