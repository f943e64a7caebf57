// SPDX-License-Identifier: Apache-2.0
// Lays out styled text in a given number of columns.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace chatrixcd::chatops::text {

// An ECMA-48 "select graphic rendition" parameter list: "1", "31"; empty is the terminal's own look.
using look = std::string_view;

// Puts text, already clean, into lines of at most `width` columns, broken at blanks, words longer than a line anywhere. Lines after the
// first of a paragraph begin with `indent` blanks. Looks are written only if `color`.
class wrapper {
public:
    wrapper(std::size_t width, bool color) : width_(width), color_(color) {}

    // Text that continues the current line.
    void put(std::string_view text, look style = {});
    // Text kept verbatim but for lines too long, which go on in the next; `gutter` before each line.
    void put_verbatim(std::string_view text, std::string_view gutter);
    void end_line();
    void blank_line();
    void indent(std::size_t columns) { indent_ = columns; }
    std::string take() &&;

private:
    void put_word(std::string_view word, look style);
    void emit(std::string_view text, look style);

    std::size_t width_;
    bool color_;
    std::size_t indent_ = 0;
    std::size_t column_ = 0;
    std::size_t blanks_ = 0;  // seen, not written: they vanish where a line breaks
    std::string out_;
};

}  // namespace chatrixcd::chatops::text
