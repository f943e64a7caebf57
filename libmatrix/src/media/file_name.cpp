// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <chatrixcd/matrix/media.hpp>

#include "content/utf8.hpp"

namespace chatrixcd::matrix {

namespace {

constexpr std::size_t longest = 200;
constexpr std::size_t longest_ending = 20;
constexpr std::string_view refused = "<>:\"|?*";

bool is_refused(char c) noexcept {
    auto const u = static_cast<unsigned char>(c);
    return u < 0x20 || u == 0x7F || refused.find(c) != std::string_view::npos;
}

// Cut before a code point, not in one.
std::string_view cut(std::string_view text, std::size_t most) {
    if (text.size() <= most) return text;
    while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0U) == 0x80) --most;
    return text.substr(0, most);
}

bool is_bad_end(char c) noexcept { return c == '.' || c == ' '; }

void drop_bad_end(std::string& name) {
    while (!name.empty() && is_bad_end(name.back())) name.pop_back();
}

// Names that Windows keeps for devices, with any ending.
bool is_device(std::string_view name) {
    std::string stem(name.substr(0, name.find('.')));
    std::transform(stem.begin(), stem.end(), stem.begin(), [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
    if (stem == "CON" || stem == "PRN" || stem == "AUX" || stem == "NUL") return true;
    return stem.size() == 4 && (stem.starts_with("COM") || stem.starts_with("LPT")) && stem[3] >= '0' && stem[3] <= '9';
}

}  // namespace

std::string safe_file_name(std::string_view said) {
    auto const slash = said.find_last_of("/\\");
    auto name = detail::repaired_utf8(slash == std::string_view::npos ? said : said.substr(slash + 1));
    std::erase_if(name, is_refused);
    name.erase(name.begin(), std::find_if_not(name.begin(), name.end(), is_bad_end));
    drop_bad_end(name);
    if (name.size() > longest) {
        auto const dot = name.rfind('.');
        auto const ending = dot != std::string::npos && name.size() - dot <= longest_ending ? name.substr(dot) : std::string();
        name = std::string(cut(name, longest - ending.size())) + ending;
        drop_bad_end(name);
    }
    return is_device(name) ? "_" + name : name;
}

}  // namespace chatrixcd::matrix
