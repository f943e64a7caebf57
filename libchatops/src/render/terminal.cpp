// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chatrixcd/chatops/render.hpp>
#include <variant>

#include "render/clean.hpp"
#include "render/columns.hpp"
#include "render/wrap.hpp"

namespace chatrixcd::chatops {
namespace {

constexpr std::size_t least_width = 20;
constexpr text::look bold = "1";
constexpr text::look dim = "2";
constexpr text::look cyan = "36";

text::look look_of(card_state state) {
    switch (state) {
        case card_state::waiting:
            return "1;33";
        case card_state::running:
            return "1;34";
        case card_state::success:
            return "1;32";
        case card_state::failure:
            return "1;31";
        case card_state::canceled:
            return "1";
        case card_state::lost:
        case card_state::in_doubt:
            return "1;35";
    }
    return bold;
}

class terminal_writer {
public:
    explicit terminal_writer(terminal_style style) : style_(style), width_(std::max(style.width, least_width)), out_(width_, style.color) {}

    void operator()(heading const& h) {
        out_.put(text::clean_line(h.text), bold);
        out_.end_line();
    }
    void operator()(paragraph const& p) {
        spans(p.content);
        out_.end_line();
    }
    void operator()(bullet_list const& list) { bullets(list.items); }
    void operator()(code_block const& block) { out_.put_verbatim(text::clean(block.text), "  "); }
    void operator()(table const& rows) {
        if (auto const columns = text::aligned(rows, width_ - 2)) {
            out_.put_verbatim(*columns, "  ");
        } else {
            bullets(text::as_items(rows));
        }
    }
    void operator()(card const& c) {
        out_.put(symbol_of(c.state) + " ");
        out_.put(text::clean_line(c.title) + " · " + word_of(c.state), look_of(c.state));
        out_.end_line();
        out_.indent(3);
        if (!c.summary.empty()) fact(text::clean_line(c.summary), {});
        for (auto const& [name, value] : c.facts) fact(text::clean_line(name) + ": " + text::clean_line(value), dim);
        out_.indent(0);
        if (!c.excerpt.empty()) out_.put_verbatim(text::clean(c.excerpt), "   │ ");
        if (!c.next_commands.empty()) next(c.next_commands);
    }

    void separate() { out_.blank_line(); }
    std::string take() && { return std::move(out_).take(); }

private:
    void fact(std::string const& words, text::look look) {
        out_.put(words, look);
        out_.end_line();
    }
    void next(std::vector<std::string> const& commands) {
        out_.indent(3);
        out_.put("Next:");
        for (std::size_t i = 0; i < commands.size(); ++i) {
            out_.put(i == 0 ? " " : " · ");
            out_.put(text::clean_line(commands[i]), cyan);
        }
        out_.end_line();
        out_.indent(0);
    }
    void spans(line const& content) {
        for (auto const& s : content) {
            switch (s.style) {
                case span_style::plain:
                    out_.put(text::clean(s.text));
                    break;
                case span_style::strong:
                    out_.put(text::clean(s.text), bold);
                    break;
                case span_style::code:
                    if (style_.color) {
                        out_.put(text::clean_line(s.text), cyan);
                    } else {
                        out_.put("`" + text::clean_line(s.text) + "`");
                    }
            }
        }
    }
    void bullets(std::vector<line> const& items) {
        for (auto const& item : items) {
            out_.put("• ");
            out_.indent(2);
            spans(item);
            out_.end_line();
            out_.indent(0);
        }
    }

    terminal_style style_;
    std::size_t width_;
    text::wrapper out_;
};

}  // namespace

std::string render_terminal(view const& document, terminal_style style) {
    terminal_writer writer(style);
    bool under_heading = true;
    for (auto const& b : document.blocks()) {
        if (!under_heading) writer.separate();
        std::visit(writer, b);
        under_heading = std::holds_alternative<heading>(b);
    }
    return std::move(writer).take();
}

}  // namespace chatrixcd::chatops
