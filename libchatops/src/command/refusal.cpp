// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/chatops/command/refusal.hpp>

#include <utility>

#include "render/utf8.hpp"

namespace chatrixcd::chatops {
namespace {

constexpr std::size_t shown_server_columns = 300;

}  // namespace

line line_of(std::string_view text) {
    line out;
    while (!text.empty()) {
        auto const open = text.find('`');
        auto const close = open == std::string_view::npos ? open : text.find('`', open + 1);
        if (close == std::string_view::npos) break;
        if (open > 0) out.emplace_back(std::string(text.substr(0, open)));
        out.push_back(code(std::string(text.substr(open + 1, close - open - 1))));
        text.remove_prefix(close + 1);
    }
    if (!text.empty()) out.emplace_back(std::string(text));
    return out;
}

view refusal(base::error const& why) {
    line what = line_of(why.message());
    if (auto const& words = why.server_text(); !words.empty()) {
        auto const fits = text::prefix_within(words, shown_server_columns);
        what.emplace_back(" The server says: “" + words.substr(0, fits) + (fits < words.size() ? "…”" : "”"));
    }
    view shown;
    shown.add(paragraph{std::move(what)});
    if (!why.hint().empty()) shown.add(paragraph{line_of(why.hint())});
    return shown;
}

}  // namespace chatrixcd::chatops
