// SPDX-License-Identifier: Apache-2.0
// Every text goes through escaped(); tags are literals of this file. That is the whole proof that a view cannot contain markup.
#include <chatrixcd/chatops/render.hpp>
#include <variant>

#include "render/clean.hpp"
#include "render/columns.hpp"

namespace chatrixcd::chatops {
namespace {

constexpr std::size_t narrow = 40;  // what a phone shows of preformatted text without scrolling

std::string escaped(std::string const& cleaned, bool breaks) {
    std::string out;
    out.reserve(cleaned.size() + cleaned.size() / 8);
    for (char const c : cleaned) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            case '\'':
                out += "&#39;";
                break;
            case '\n':
                out += breaks ? "<br>" : "\n";
                break;
            default:
                out += c;
        }
    }
    return out;
}

std::string words(std::string const& foreign) { return escaped(text::clean_line(foreign), /*breaks=*/false); }
std::string verbatim(std::string const& foreign) {
    return "<pre><code>" + escaped(text::clean(foreign), /*breaks=*/false) + "</code></pre>";
}

std::string spans(line const& content) {
    std::string out;
    for (auto const& s : content) {
        switch (s.style) {
            case span_style::plain:
                out += escaped(text::clean(s.text), /*breaks=*/true);
                break;
            case span_style::strong:
                out += "<strong>" + escaped(text::clean(s.text), /*breaks=*/true) + "</strong>";
                break;
            case span_style::code:
                out += "<code>" + words(s.text) + "</code>";
                break;
        }
    }
    return out;
}

std::string bullets(std::vector<line> const& items) {
    std::string out = "<ul>";
    for (auto const& item : items) out += "<li>" + spans(item) + "</li>";
    return out + "</ul>";
}

struct html_writer {
    std::string operator()(heading const& h) const { return "<h4>" + words(h.text) + "</h4>"; }
    std::string operator()(paragraph const& p) const { return "<p>" + spans(p.content) + "</p>"; }
    std::string operator()(bullet_list const& list) const { return bullets(list.items); }
    std::string operator()(code_block const& block) const { return verbatim(block.text); }
    std::string operator()(table const& rows) const {
        auto const columns = text::aligned(rows, narrow);
        return columns ? verbatim(*columns) : bullets(text::as_items(rows));
    }
    std::string operator()(card const& c) const {
        std::string out = "<p><strong>" + symbol_of(c.state) + " " + words(c.title) + "</strong> · " + word_of(c.state);
        if (!c.summary.empty()) out += "<br>" + words(c.summary);
        for (auto const& [name, value] : c.facts) out += "<br>" + words(name) + ": " + words(value);
        out += "</p>";
        if (!c.excerpt.empty()) out += verbatim(c.excerpt);
        if (!c.next_commands.empty()) {
            out += "<p>Next: ";
            for (std::size_t i = 0; i < c.next_commands.size(); ++i) {
                out += (i == 0 ? "<code>" : " · <code>") + words(c.next_commands[i]) + "</code>";
            }
            out += "</p>";
        }
        return out;
    }
};

}  // namespace

std::string render_html(view const& document) {
    std::string out;
    for (auto const& b : document.blocks()) out += std::visit(html_writer(), b);
    return out;
}

}  // namespace chatrixcd::chatops
