// SPDX-License-Identifier: Apache-2.0
// The words of a view's JSON form. They are stored: never change one.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include <chatrixcd/chatops/view.hpp>

namespace chatrixcd::chatops {

inline constexpr std::int64_t view_form_version = 1;
inline constexpr std::array<std::string_view, 3> style_words{"plain", "strong", "code"};
inline constexpr std::array<std::string_view, 7> state_words{"waiting", "running", "success", "failure", "canceled", "lost", "in_doubt"};

inline std::string_view word_of(span_style style) noexcept { return style_words[static_cast<std::size_t>(style)]; }
inline std::string_view form_word_of(card_state state) noexcept { return state_words[static_cast<std::size_t>(state)]; }

template <class E, std::size_t N>
std::optional<E> from_word(std::array<std::string_view, N> const& words, std::string_view word) noexcept {
    for (std::size_t i = 0; i < N; ++i) {
        if (words[i] == word) return static_cast<E>(i);
    }
    return std::nullopt;
}

}  // namespace chatrixcd::chatops
