// SPDX-License-Identifier: Apache-2.0
// Renderers of a view. Pure functions; none of them can emit markup that a text in the view contained.
#pragma once

#include <cstddef>
#include <string>

#include <chatrixcd/chatops/view.hpp>

namespace chatrixcd::chatops {

// The plain body that every client and every notification can show.
std::string render_plain(view const& document);

// The subset of HTML that Matrix clients show (client-server API, "m.room.message msgtypes"), without <table> and <details>, which phones
// show badly.
std::string render_html(view const& document);

class terminal_style {
public:
    terminal_style() = default;
    std::size_t width = 80;  // columns, at least 20; long lines are wrapped at spaces
    bool color = false;      // ANSI colours; without them the text says as much
};
// Control characters of the content are replaced, so that a log cannot drive the reader's terminal.
std::string render_terminal(view const& document, terminal_style style);

// The symbol and the word of a state: "✅" and "success".
std::string symbol_of(card_state state);
std::string word_of(card_state state);

}  // namespace chatrixcd::chatops
