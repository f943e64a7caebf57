// SPDX-License-Identifier: Apache-2.0
// Cuts HTML, as Matrix allows it, into pieces that are balanced each: what is open at a cut is closed there and opened again behind it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chatrixcd::matrix::detail {

struct html_token {
    enum class kind : std::uint8_t { text, opening, closing, alone };
    kind what = kind::text;
    std::string_view source;      // with its brackets
    std::string_view name;        // of an element, as it is written
    std::string_view attributes;  // of an opening tag, as they are written
};

// The next token at `at`. Nothing for what is no such HTML: a bare "<", a comment, a tag without an end.
std::optional<html_token> next_token(std::string_view html, std::size_t at);

// Both refer to the text that they were made from.
class html_cutter {
public:
    explicit html_cutter(std::string_view html) : html_(html) {}

    // What the rest costs as one piece (json_cost()).
    std::size_t rest_cost() const;
    std::string rest() const;
    // The next piece, which costs no more than `budget`; never all of the rest. Nothing if that cannot be done: tags are not balanced, or
    // what is open leaves no room.
    std::optional<std::string> take(std::size_t budget);

private:
    using stack = std::vector<html_token>;
    struct place;

    static std::string opened(stack const& open);
    static std::string closed(stack const& open);
    static bool step(stack& open, html_token const& token);

    std::string_view html_;
    std::size_t at_ = 0;
    stack open_;
};

// Whether opening and closing tags of the whole text match.
bool is_balanced(std::string_view html);

}  // namespace chatrixcd::matrix::detail
