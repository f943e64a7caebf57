// SPDX-License-Identifier: Apache-2.0
#include "render/wrap.hpp"

#include <algorithm>
#include <utility>

#include "render/utf8.hpp"

namespace chatrixcd::chatops::text {
namespace {

constexpr std::size_t tab_columns = 8;

std::string without_tabs(std::string_view row) {
    std::string out;
    std::size_t column = 0;
    for (std::size_t at = 0; at < row.size();) {
        auto const next = decode_at(row, at);
        if (row[at] == '\t') {
            std::size_t const blanks = tab_columns - column % tab_columns;
            out.append(blanks, ' ');
            column += blanks;
        } else {
            out += row.substr(at, next.length);
            column += columns_of(next.point);
        }
        at += next.length;
    }
    return out;
}

}  // namespace

void wrapper::emit(std::string_view text, look style) {
    if (color_ && !style.empty()) {
        out_ += "\x1b[";
        out_ += style;
        out_ += 'm';
        out_ += text;
        out_ += "\x1b[0m";
    } else {
        out_ += text;
    }
    column_ += columns_of(text);
}

void wrapper::put_word(std::string_view word, look style) {
    blanks_ = std::min(blanks_, width_ / 2);
    if (column_ > indent_ && column_ + blanks_ + columns_of(word) > width_) end_line();
    if (column_ == 0) emit(std::string(indent_, ' '), {});
    emit(std::string(std::exchange(blanks_, 0), ' '), {});
    for (;;) {
        auto const fits = prefix_within(word, width_ > column_ ? width_ - column_ : 1);
        if (fits == word.size()) break;
        emit(word.substr(0, fits), style);
        word.remove_prefix(fits);
        end_line();
        emit(std::string(indent_, ' '), {});
    }
    emit(word, style);
}

void wrapper::put(std::string_view text, look style) {
    while (!text.empty()) {
        if (text.front() == '\n') {
            end_line();
            text.remove_prefix(1);
        } else if (text.front() == ' ' || text.front() == '\t') {
            ++blanks_;
            text.remove_prefix(1);
        } else {
            auto const word = text.substr(0, text.find_first_of(" \t\n"));
            put_word(word, style);
            text.remove_prefix(word.size());
        }
    }
}

void wrapper::put_verbatim(std::string_view text, std::string_view gutter) {
    std::size_t const room = std::max<std::size_t>(width_ - std::min(width_, columns_of(gutter)), 1);
    for (;;) {
        auto const end = text.find('\n');
        std::string const whole = without_tabs(text.substr(0, end));
        std::string_view row = whole;
        do {
            auto const part = row.substr(0, prefix_within(row, room));
            out_ += gutter;
            out_ += part;
            out_ += '\n';
            row.remove_prefix(part.size());
        } while (!row.empty());
        if (end == std::string_view::npos) break;
        text.remove_prefix(end + 1);
    }
    column_ = 0;
}

void wrapper::end_line() {
    out_ += '\n';
    column_ = 0;
    blanks_ = 0;
}

void wrapper::blank_line() {
    if (column_ > 0) end_line();
    out_ += '\n';
}

std::string wrapper::take() && {
    if (column_ > 0) end_line();
    return std::move(out_);
}

}  // namespace chatrixcd::chatops::text
