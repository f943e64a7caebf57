// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/chatops/render.hpp>
#include <variant>

#include "render/clean.hpp"
#include "render/columns.hpp"

namespace chatrixcd::chatops {
namespace {

constexpr std::size_t narrow = 40;  // what a phone shows of preformatted text without scrolling

struct plain_writer {
    std::string operator()(heading const& h) const { return text::clean_line(h.text); }
    std::string operator()(paragraph const& p) const { return spans(p.content); }
    std::string operator()(bullet_list const& list) const { return bullets(list.items); }
    std::string operator()(code_block const& block) const { return text::clean(block.text); }
    std::string operator()(table const& rows) const {
        auto columns = text::aligned(rows, narrow);
        return columns ? std::move(*columns) : bullets(text::as_items(rows));
    }
    std::string operator()(card const& c) const {
        std::string out = symbol_of(c.state) + " " + text::clean_line(c.title) + " · " + word_of(c.state);
        if (!c.summary.empty()) out += "\n" + text::clean_line(c.summary);
        for (auto const& [name, value] : c.facts) out += "\n" + text::clean_line(name) + ": " + text::clean_line(value);
        if (!c.excerpt.empty()) out += excerpt(text::clean(c.excerpt));
        if (!c.next_commands.empty()) {
            out += "\nNext: ";
            for (std::size_t i = 0; i < c.next_commands.size(); ++i) out += (i == 0 ? "" : " · ") + text::clean_line(c.next_commands[i]);
        }
        return out;
    }

    // With a bar before each line: a log must not look like a line of the card.
    static std::string excerpt(std::string const& cleaned) {
        std::string out = "\n│ ";
        for (char const c : cleaned) {
            out += c;
            if (c == '\n') out += "│ ";
        }
        return out;
    }
    static std::string spans(line const& content) {
        std::string out;
        for (auto const& s : content) {
            if (s.style == span_style::code) {
                out += "`" + text::clean_line(s.text) + "`";
            } else {
                out += text::clean(s.text);
            }
        }
        return out;
    }
    static std::string bullets(std::vector<line> const& items) {
        std::string out;
        for (auto const& item : items) out += (out.empty() ? "• " : "\n• ") + spans(item);
        return out;
    }
};

}  // namespace

std::string render_plain(view const& document) {
    std::string out;
    bool under_heading = true;
    for (auto const& b : document.blocks()) {
        if (!out.empty()) out += under_heading ? "\n" : "\n\n";
        out += std::visit(plain_writer(), b);
        under_heading = std::holds_alternative<heading>(b);
    }
    return out;
}

}  // namespace chatrixcd::chatops
