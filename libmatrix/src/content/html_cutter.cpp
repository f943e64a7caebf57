// SPDX-License-Identifier: Apache-2.0
#include "content/html_cutter.hpp"

#include <algorithm>
#include <array>

#include "content/cut.hpp"

namespace chatrixcd::matrix::detail {

namespace {

// Clients need not show more than 100 elements inside one another.
constexpr std::size_t most_depth = 100;
constexpr std::size_t longest_entity = 32;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_name(char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '-'; }

bool same_name(std::string_view a, std::string_view b) {
    auto const lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

bool stands_alone(std::string_view name) {
    constexpr std::array<std::string_view, 3> names = {"br", "hr", "img"};
    return std::any_of(names.begin(), names.end(), [&](auto one) { return same_name(one, name); });
}

// The '>' that ends the tag; one inside a quoted value does not.
std::size_t end_of_tag(std::string_view html, std::size_t at) {
    char quote = 0;
    for (; at < html.size(); ++at) {
        if (quote != 0) {
            if (html[at] == quote) quote = 0;
        } else if (html[at] == '"' || html[at] == '\'') {
            quote = html[at];
        } else if (html[at] == '<') {
            return std::string_view::npos;
        } else if (html[at] == '>') {
            return at;
        }
    }
    return std::string_view::npos;
}

// Not inside "&amp;".
std::size_t outside_entity(std::string_view text, std::size_t at) {
    auto const from = at > longest_entity ? at - longest_entity : 0;
    auto const begin = text.substr(0, at).rfind('&');
    if (begin == std::string_view::npos || begin < from || text.substr(begin, at - begin).find(';') != std::string_view::npos) return at;
    auto const end = text.find(';', at);
    return end != std::string_view::npos && end - begin <= longest_entity ? begin : at;
}

bool ends_block(html_token const& token) {
    constexpr std::array<std::string_view, 12> names = {"p", "li", "pre", "blockquote", "ul", "ol", "div", "table", "tr", "br", "hr", "h3"};
    if (token.what != html_token::kind::closing && token.what != html_token::kind::alone) return false;
    return std::any_of(names.begin(), names.end(), [&](auto one) { return same_name(one, token.name); });
}

}  // namespace

std::optional<html_token> next_token(std::string_view html, std::size_t at) {
    html_token token;
    if (html[at] != '<') {
        token.source = html.substr(at, html.find('<', at) - at);
        return token;
    }
    auto name = at + 1;
    bool const closes = name < html.size() && html[name] == '/';
    if (closes) ++name;
    if (name >= html.size() || !is_letter(html[name])) return std::nullopt;
    auto name_end = name;
    while (name_end < html.size() && is_name(html[name_end])) ++name_end;
    auto const end = end_of_tag(html, name_end);
    if (end == std::string_view::npos) return std::nullopt;
    token.source = html.substr(at, end + 1 - at);
    token.name = html.substr(name, name_end - name);
    token.attributes = html.substr(name_end, end - name_end);
    token.what = html_token::kind::opening;
    if (closes) {
        token.what = html_token::kind::closing;
    } else if (stands_alone(token.name)) {
        token.what = html_token::kind::alone;
    }
    return token;
}

// Where a piece could end.
struct html_cutter::place {
    std::size_t at = 0;
    int rank = -1;
    std::size_t cost = 0;
    stack open;
};

std::string html_cutter::opened(stack const& open) {
    std::string tags;
    for (auto const& tag : open) tags += tag.source;
    return tags;
}

std::string html_cutter::closed(stack const& open) {
    std::string tags;
    for (auto tag = open.rbegin(); tag != open.rend(); ++tag) tags += "</" + std::string(tag->name) + ">";
    return tags;
}

bool html_cutter::step(stack& open, html_token const& token) {
    if (token.what == html_token::kind::opening) {
        open.push_back(token);
        return open.size() <= most_depth;
    }
    if (token.what != html_token::kind::closing) return true;
    if (open.empty() || !same_name(open.back().name, token.name)) return false;
    open.pop_back();
    return true;
}

std::string html_cutter::rest() const { return opened(open_) + std::string(html_.substr(at_)); }

std::size_t html_cutter::rest_cost() const { return json_cost(opened(open_)) + json_cost(html_.substr(at_)); }

std::optional<std::string> html_cutter::take(std::size_t budget) {
    auto open = open_;
    auto const head = opened(open_);
    auto cost = json_cost(head);
    std::array<place, 5> best;  // the last one of each rank
    auto const keep = [&](std::size_t at, int rank, std::size_t total) {
        if (at <= at_ || at >= html_.size()) return;
        auto& slot = best[static_cast<std::size_t>(rank)];
        slot.at = at;
        slot.rank = rank;
        slot.cost = total;
        slot.open = open;
    };
    for (auto at = at_; at < html_.size();) {
        auto const token = next_token(html_, at);
        if (!token || !step(open, *token)) return std::nullopt;
        auto const tail = json_cost(closed(open));
        auto const whole = json_cost(token->source);
        if (cost + whole + tail > budget) {
            if (token->what != html_token::kind::text || cost + tail >= budget) break;
            auto const text = token->source;
            auto const fits = longest_prefix(text, budget - cost - tail);
            auto const here = outside_entity(text, good_place(text, fits));
            bool const line = here > 0 && text[here - 1] == '\n';
            if (here > 0) keep(at + here, line ? 3 : 1, cost + json_cost(text.substr(0, here)));
            break;
        }
        cost += whole;
        at += token->source.size();
        int rank = token->what == html_token::kind::opening ? 0 : 2;
        if (ends_block(*token)) rank = open.empty() ? 4 : 3;
        keep(at, rank, cost);
    }
    place const* chosen = nullptr;
    for (auto const& one : best) {
        if (one.rank < 0) continue;
        // A good place is worth half a piece; otherwise as much as fits.
        if (chosen == nullptr || one.cost > chosen->cost || (one.cost >= budget / 2 && one.rank > chosen->rank)) chosen = &one;
    }
    if (chosen == nullptr) return std::nullopt;
    auto piece = head + std::string(html_.substr(at_, chosen->at - at_)) + closed(chosen->open);
    at_ = chosen->at;
    open_ = chosen->open;
    return piece;
}

bool is_balanced(std::string_view html) {
    std::vector<std::string_view> open;
    for (std::size_t at = 0; at < html.size();) {
        auto const token = next_token(html, at);
        if (!token) return false;
        if (token->what == html_token::kind::opening) open.push_back(token->name);
        if (token->what == html_token::kind::closing) {
            if (open.empty() || !same_name(open.back(), token->name)) return false;
            open.pop_back();
        }
        at += token->source.size();
    }
    return open.empty();
}

}  // namespace chatrixcd::matrix::detail
