// SPDX-License-Identifier: Apache-2.0
// What a command answers with: a small document, never markup. Renderers (render.hpp) make Matrix HTML, plain text, terminal text and
// JSON of it, so everything shown is escaped by construction.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace chatrixcd::chatops {

enum class span_style : std::uint8_t { plain, strong, code };

// A run of text in one style. Any text is safe.
struct span {
    span(std::string words, span_style look = span_style::plain) : text(std::move(words)), style(look) {}
    span(char const* words, span_style look = span_style::plain) : text(words), style(look) {}
    std::string text;
    span_style style;
    friend bool operator==(span const&, span const&) = default;
};
inline span strong(std::string text) { return span(std::move(text), span_style::strong); }
inline span code(std::string text) { return span(std::move(text), span_style::code); }

using line = std::vector<span>;

struct heading {
    std::string text;
    friend bool operator==(heading const&, heading const&) = default;
};
struct paragraph {
    line content;
    friend bool operator==(paragraph const&, paragraph const&) = default;
};
struct bullet_list {
    std::vector<line> items;
    friend bool operator==(bullet_list const&, bullet_list const&) = default;
};
// Preformatted text: a log, a snippet. Renderers keep it verbatim.
struct code_block {
    std::string text;
    friend bool operator==(code_block const&, code_block const&) = default;
};
// Rows of short cells. Renderers use aligned columns where at most 40 fit, else a list: phones show no tables.
struct table {
    std::vector<std::string> header;
    std::vector<std::vector<std::string>> rows;
    friend bool operator==(table const&, table const&) = default;
};

// How a thing stands, shown as a symbol and as a word (symbols alone do not reach screen readers).
enum class card_state : std::uint8_t { waiting, running, success, failure, canceled, lost, in_doubt };

// The live picture of one run, edited in place.
struct card {
    card_state state = card_state::waiting;
    std::string title;                                       // "demo / hello #3"
    std::string summary;                                     // "succeeded after 2 s"
    std::vector<std::pair<std::string, std::string>> facts;  // ("by", "@ann:example.org")
    std::string excerpt;                                     // last lines of the log, may be empty
    std::vector<std::string> next_commands;                  // to copy: "!cd logs 3"
    friend bool operator==(card const&, card const&) = default;
};

using block = std::variant<heading, paragraph, bullet_list, code_block, table, card>;

// The document. Building one: view().heading("Projects").text({"2 of ", code("7")}).bullets(...)
class view {
public:
    view() = default;
    static view of_text(std::string text) { return view().text({span(std::move(text))}); }

    view heading(std::string words) &&;
    view text(line content) &&;
    view bullets(std::vector<line> items) &&;
    view preformatted(std::string words) &&;
    view rows(std::vector<std::string> header, std::vector<std::vector<std::string>> cells) &&;
    view with(block b) &&;
    void add(block b) { blocks_.push_back(std::move(b)); }

    std::vector<block> const& blocks() const noexcept { return blocks_; }
    bool empty() const noexcept { return blocks_.empty(); }
    friend bool operator==(view const&, view const&) = default;

private:
    std::vector<block> blocks_;
};

}  // namespace chatrixcd::chatops
