// SPDX-License-Identifier: Apache-2.0
// One pass over the code points. The states are: between words, in a word, in '…', in "…".
#include <chatrixcd/chatops/command/tokens.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

#include "render/utf8.hpp"

namespace chatrixcd::chatops {
namespace {

using base::error;
using base::error_kind;

enum class mark : std::uint8_t { other, blank, single_quote, double_quote, backslash, dash };

mark mark_of(char32_t point) {
    switch (point) {
        case U' ':
        case U'\t':
            return mark::blank;
        case U'\'':
        case 0x2018:  // ‘
        case 0x2019:  // ’
        case 0x201A:  // ‚
        case 0x201B:
            return mark::single_quote;
        case U'"':
        case 0x201C:  // “
        case 0x201D:  // ”
        case 0x201E:  // „
        case 0x201F:
            return mark::double_quote;
        case U'\\':
            return mark::backslash;
        case 0x2013:  // –
        case 0x2014:  // —
        case 0x2015:
            return mark::dash;
        default:
            return mark::other;
    }
}

std::string_view forbidden(char32_t point) {
    if (point == '\t') return {};
    if (text::is_control(point)) return "a control character";
    if (text::is_bidirectional_control(point)) return "an invisible character that changes the direction of the text";
    if (text::is_invisible(point)) return "an invisible character";
    if (text::is_foreign_space(point)) return "a space that is not the ordinary one";
    return {};
}

error refuse(error_kind kind, std::string message) { return error(kind, std::move(message)); }

class tokenizer {
public:
    explicit tokenizer(std::string_view line) : line_(line) {}

    base::result<std::vector<token>> run() {
        if (line_.size() > max_command_bytes) {
            return refuse(error_kind::too_large,
                          fmt::format("That line has {} bytes; a command may have at most {}.", line_.size(), max_command_bytes));
        }
        for (at_ = 0; at_ < line_.size(); at_ += now_.length) {
            now_ = text::decode_at(line_, at_);
            if (auto problem = look_at(); problem) return std::move(*problem);
        }
        return finish();
    }

private:
    std::optional<error> look_at() {
        if (!now_.valid)
            return refuse(error_kind::invalid, place(at_) + " stand bytes that are no text (UTF-8); please type the command anew.");
        if (auto const what = forbidden(now_.point); !what.empty()) {
            return refuse(error_kind::invalid,
                          fmt::format("{} stands {} (U+{:04X}), with which a command could mean something else than it "
                                      "shows; please type it yourself instead of pasting it.",
                                      place(at_), what, static_cast<std::uint32_t>(now_.point)));
        }
        auto const m = mark_of(now_.point);
        if (escaped_) {
            // Between double quotes a backslash stands for itself, unless it precedes what it must be able to escape (POSIX 2.2.3).
            if (quote_ == mark::double_quote && m != mark::double_quote && m != mark::backslash) current_.text += '\\';
            escaped_ = false;
            take();
            return std::nullopt;
        }
        return quote_ ? inside(m) : outside(m);
    }

    std::optional<error> inside(mark m) {
        if (m == *quote_) {
            quote_.reset();
        } else if (m == mark::backslash && quote_ == mark::double_quote) {
            escaped_ = true;
        } else {
            take();
        }
        return std::nullopt;
    }

    std::optional<error> outside(mark m) {
        if (m == mark::blank) return close();
        bool const first = !open_;
        open_ = true;
        if (m == mark::single_quote || m == mark::double_quote) {
            quote_ = m;
            quoted_at_ = at_;
        } else if (m == mark::backslash) {
            escaped_ = true;
        } else if (m == mark::dash && first && letter_follows()) {
            current_.text = "--";
            current_.dashed = true;
        } else {
            if (first && now_.point == U'-') current_.dashed = true;
            if (now_.point == U'=' && !current_.equals) current_.equals = current_.text.size();
            take();
        }
        return std::nullopt;
    }

    bool letter_follows() const {
        auto const next = at_ + now_.length;
        return next < line_.size() && ((line_[next] >= 'a' && line_[next] <= 'z') || (line_[next] >= 'A' && line_[next] <= 'Z'));
    }

    // Where something is, as a person finds it: by the words before it.
    std::string place(std::size_t offset) const {
        constexpr std::size_t shown = 24;
        auto before = line_.substr(0, offset);
        if (before.empty()) return "At the beginning";
        if (before.size() > shown) {
            before.remove_prefix(before.size() - shown);
            while (!before.empty() && (static_cast<unsigned char>(before.front()) & 0xC0) == 0x80) before.remove_prefix(1);
        }
        return fmt::format("After `{}`", before);
    }

    void take() { current_.text += line_.substr(at_, now_.length); }

    std::optional<error> close() {
        if (!open_) return std::nullopt;
        if (words_.size() == max_command_tokens) {
            return refuse(error_kind::too_large,
                          fmt::format("That command has more than {} words; put text with blanks in quotes.", max_command_tokens));
        }
        words_.push_back(std::move(current_));
        current_ = token();
        open_ = false;
        return std::nullopt;
    }

    base::result<std::vector<token>> finish() {
        if (escaped_) return refuse(error_kind::invalid, "The line ends with a backslash; write `\\\\` for a backslash.");
        if (quote_) {
            return refuse(error_kind::invalid,
                          fmt::format("{} a quote opens that is never closed; add the closing one, or write {} if it is part of the text.",
                                      place(quoted_at_), quote_ == mark::double_quote ? "`\\\"`" : "`\\'`"));
        }
        if (auto problem = close(); problem) return std::move(*problem);
        return std::move(words_);
    }

    std::string_view line_;
    std::size_t at_ = 0;
    text::decoded now_;
    std::vector<token> words_;
    token current_;
    bool open_ = false;
    bool escaped_ = false;
    std::optional<mark> quote_;
    std::size_t quoted_at_ = 0;
};

}  // namespace

base::result<std::vector<token>> tokenize(std::string_view whole) {
    auto const begin = whole.find_first_not_of(" \t\r\n");
    if (begin == std::string_view::npos) return std::vector<token>();
    auto const line = whole.substr(begin);
    auto const end = line.find_first_of("\r\n");
    if (end != std::string_view::npos && line.find_first_not_of(" \t\r\n", end) != std::string_view::npos) {
        return refuse(error_kind::invalid,
                      "A command is one line, and there is more below it; nothing was done. Send each command as a "
                      "message of its own.");
    }
    return tokenizer(line.substr(0, end)).run();
}

std::optional<std::string_view> after_prefix(std::string_view message, std::string_view prefix) {
    constexpr std::string_view blanks = " \t\r\n";
    auto const skip = [&](std::string_view rest) { return rest.substr(std::min(rest.find_first_not_of(blanks), rest.size())); };
    auto const rest = skip(message);
    if (!rest.starts_with(prefix)) return std::nullopt;
    auto const after = rest.substr(prefix.size());
    if (!prefix.empty() && !after.empty() && blanks.find(after.front()) == std::string_view::npos) return std::nullopt;
    return skip(after);
}

}  // namespace chatrixcd::chatops
