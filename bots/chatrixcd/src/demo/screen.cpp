// SPDX-License-Identifier: Apache-2.0
#include "demo/screen.hpp"

#include <algorithm>
#include <chatrixcd/chatops/render.hpp>

namespace chatrixcd::bot {
namespace {

constexpr std::size_t name_columns = 5;
constexpr std::size_t kept_blocks = 200;

std::size_t rows_of(std::string const& text) { return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')); }

// One line of a body, made harmless, in as many rows as it needs: broken between words, below where it begins.
void wrap_line(std::string const& line, std::size_t width, std::vector<std::string>& rows) {
    std::size_t const blanks = std::min(std::min(line.find_first_not_of(' '), line.size()), width / 2);
    std::string const indent(blanks, ' ');
    chatops::terminal_style style;
    style.width = width - blanks;
    std::string const text = chatops::render_terminal(chatops::view::of_text(line.substr(blanks)), style);
    std::size_t start = 0;
    while (start < text.size()) {
        std::size_t const end = std::min(text.find('\n', start), text.size());
        rows.push_back(indent + text.substr(start, end - start));
        start = end + 1;
    }
    if (text.empty()) rows.emplace_back();
}

// The body in rows.
std::vector<std::string> wrapped(std::string const& body, std::size_t width) {
    std::vector<std::string> rows;
    std::size_t start = 0;
    while (start < body.size()) {
        std::size_t const end = std::min(body.find('\n', start), body.size());
        wrap_line(body.substr(start, end - start), width, rows);
        start = end + 1;
    }
    if (rows.empty()) rows.emplace_back();
    return rows;
}

std::string_view color_of(std::string_view row) {
    if (row.starts_with("✅")) return "\x1b[1;32m";
    if (row.starts_with("❌")) return "\x1b[1;31m";
    if (row.find(" · ") != std::string_view::npos && !row.empty() && static_cast<unsigned char>(row.front()) >= 0xE2) return "\x1b[1;33m";
    return {};
}

}  // namespace

void screen::resize(std::size_t width, std::size_t height) {
    if (width == options_.width && height == options_.height) return;
    options_.width = width;
    options_.height = height;
    // The terminal has wrapped what it shows in its own way.
    forget();
}

std::string screen::layout(entry const& e) const {
    bool const own = e.sender == own_user_;
    std::string const name = own ? "you" : "bot";
    std::string const indent(name_columns + (!e.thread.empty() ? 2 : 0), ' ');
    std::size_t const width = std::max<std::size_t>(options_.width, 30) - indent.size();
    std::string body = e.body;
    if (!e.reactions.empty()) body += "  " + e.reactions;
    std::string text;
    bool first = true;
    for (std::string const& row : wrapped(body, width)) {
        if (first) {
            std::string const label = name + std::string(name_columns - name.size(), ' ') + (!e.thread.empty() ? "↳ " : "");
            text += options_.color ? std::string(own ? "\x1b[36m" : "\x1b[35m") + label + "\x1b[0m" : label;
        } else {
            text += indent;
        }
        std::string_view const color = first && !own && options_.color ? color_of(row) : std::string_view();
        text += color;
        text += row;
        if (!color.empty()) text += "\x1b[0m";
        text += '\n';
        first = false;
    }
    return text;
}

std::string screen::append(std::size_t index, std::string text) {
    std::size_t const rows = rows_of(text);
    blocks_.push_back({index, text, rows});
    if (blocks_.size() > kept_blocks) blocks_.erase(blocks_.begin());
    return text;
}

std::string screen::show(std::size_t index, entry const& e) {
    std::string text = layout(e);
    auto const old = std::find_if(blocks_.begin(), blocks_.end(), [&](block const& b) { return b.entry == index; });
    if (old == blocks_.end()) return append(index, std::move(text));
    std::size_t above = 0;
    for (auto it = old; it != blocks_.end(); ++it) above += it->rows;
    // The cursor cannot go above the screen's first row; one row is the prompt's.
    if (!options_.repaint || above + 1 > options_.height) {
        blocks_.erase(old);
        return append(index, std::move(text));
    }
    if (text == old->text) return {};
    old->text = std::move(text);
    old->rows = rows_of(old->text);
    std::string out = "\x1b[" + std::to_string(above) + "A\r\x1b[J";
    for (auto it = old; it != blocks_.end(); ++it) out += it->text;
    return out;
}

std::string screen::note(std::string const& text) {
    std::string out;
    for (std::string const& row : wrapped(text, std::max<std::size_t>(options_.width, 30))) {
        out += options_.color ? "\x1b[2m" + row + "\x1b[0m\n" : row + "\n";
    }
    return append(no_entry, std::move(out));
}

}  // namespace chatrixcd::bot
