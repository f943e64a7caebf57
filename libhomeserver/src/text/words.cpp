// SPDX-License-Identifier: Apache-2.0
#include "text/words.hpp"

#include <utility>

namespace chatrixcd::homeserver {

namespace {

char fold(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_part_of_word(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80; }

}  // namespace

std::string fold_case(std::string_view text) {
    std::string folded(text);
    for (auto& c : folded) c = fold(c);
    return folded;
}

std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    std::string word;
    for (char const raw : text) {
        char const c = fold(raw);
        if (is_part_of_word(c)) {
            word += c;
        } else if (!word.empty()) {
            words.push_back(std::exchange(word, {}));
        }
    }
    if (!word.empty()) words.push_back(std::move(word));
    return words;
}

}  // namespace chatrixcd::homeserver
