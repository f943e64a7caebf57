// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rapidcheck.h>

#include <chatrixcd/chatops/view.hpp>

#include "support/texts.hpp"

namespace chatrixcd::test {

inline rc::Gen<chatops::line> any_line() {
    auto const styles = rc::gen::element(chatops::span_style::plain, chatops::span_style::strong, chatops::span_style::code);
    auto const one =
        rc::gen::map(rc::gen::pair(any_text(), styles), [](auto const& pair) { return chatops::span(pair.first, pair.second); });
    return rc::gen::container<chatops::line>(one);
}

// Every kind of block, filled with any text.
inline chatops::view view_of(std::string const& text, chatops::line const& spans) {
    chatops::card card;
    card.state = chatops::card_state::failure;
    card.title = text;
    card.summary = text;
    card.facts.emplace_back(text, text);
    card.excerpt = text;
    card.next_commands.push_back(text);
    chatops::view out;
    out.add(chatops::heading{text});
    out.add(chatops::paragraph{spans});
    out.add(chatops::bullet_list{{spans, spans}});
    out.add(chatops::code_block{text});
    out.add(chatops::table{{"name", text}, {{text, text}, {"x"}}});
    out.add(std::move(card));
    return out;
}

}  // namespace chatrixcd::test
