// SPDX-License-Identifier: Apache-2.0
// Whatever is read stands inside the text, in its order, under keys of its own.
#include <algorithm>
#include <cstdlib>

#include "hjson/reader.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view const text(reinterpret_cast<char const*>(data), size);
    auto const root = chatrixcd::hjson::read(text);
    if (!root) return root.error().message().empty() ? (std::abort(), 0) : 0;
    auto line = root->where().line;
    for (auto const& member : root->members()) {
        if (member.where.line < line || member.value.where().line < member.where.line) std::abort();
        if (root->find(member.key) != &member.value) std::abort();
        line = member.value.where().line;
    }
    auto const lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
    return line > lines || locate(*root, text).line > lines ? (std::abort(), 0) : 0;
}
