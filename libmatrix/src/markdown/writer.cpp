// SPDX-License-Identifier: Apache-2.0
#include "markdown/writer.hpp"

#include <algorithm>
#include <array>

namespace chatrixcd::matrix::detail {

namespace {

// Clients need not show more than 100 elements inside one another (client-server API, "m.room.message msgtypes").
constexpr unsigned most_depth = 50;
constexpr std::size_t most_spans = 40;

// "m.room.message msgtypes": the schemes that <a href> may have.
constexpr std::array<std::string_view, 5> link_schemes = {"https://", "http://", "ftp://", "mailto:", "magnet:"};

bool starts_like(std::string_view text, std::string_view prefix) {
    auto const same = [](char p, char t) { return t == p || (t >= 'A' && t <= 'Z' && t - 'A' + 'a' == p); };
    return text.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), text.begin(), same);
}

bool is_link(std::string_view target) {
    return std::any_of(link_schemes.begin(), link_schemes.end(), [&](auto scheme) { return starts_like(target, scheme); });
}

std::string_view source_of(MD_ATTRIBUTE const& attribute) {
    return attribute.text == nullptr ? std::string_view() : std::string_view(attribute.text, attribute.size);
}

// An entity in it ("&amp;") is markup already.
void append_attribute(std::string& out, MD_ATTRIBUTE const& attribute) {
    auto const whole = source_of(attribute);
    for (std::size_t i = 0; !whole.empty() && attribute.substr_offsets[i] < attribute.size; ++i) {
        auto const begin = attribute.substr_offsets[i];
        auto const piece = whole.substr(begin, attribute.substr_offsets[i + 1] - begin);
        if (attribute.substr_types[i] == MD_TEXT_ENTITY) {
            out += piece;
        } else {
            append_escaped(out, piece);
        }
    }
}

bool is_word(std::string_view text) {
    auto const plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '+' || c == '#';
    };
    return !text.empty() && text.size() <= 32 && std::all_of(text.begin(), text.end(), plain);
}

char const* block_tag(MD_BLOCKTYPE type) {
    switch (type) {
        case MD_BLOCK_QUOTE:
            return "blockquote";
        case MD_BLOCK_UL:
            return "ul";
        case MD_BLOCK_OL:
            return "ol";
        case MD_BLOCK_LI:
            return "li";
        case MD_BLOCK_P:
            return "p";
        default:
            return nullptr;
    }
}

constexpr std::string_view link_end = "</a>";

struct span_marks {
    std::string_view begin;
    std::string_view end;
};
span_marks marks_of(MD_SPANTYPE type) {
    switch (type) {
        case MD_SPAN_EM:
            return {"<em>", "</em>"};
        case MD_SPAN_STRONG:
            return {"<strong>", "</strong>"};
        case MD_SPAN_CODE:
            return {"<code>", "</code>"};
        case MD_SPAN_DEL:
            return {"<del>", "</del>"};
        default:
            return {};
    }
}

}  // namespace

void append_escaped(std::string& out, std::string_view text) {
    for (char c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            default:
                out += c;
        }
    }
}

// Whether the block that begins becomes an element.
bool html_writer::deeper() { return depth_++ < most_depth; }
bool html_writer::shallower() { return --depth_ < most_depth; }

void html_writer::enter_block(MD_BLOCKTYPE type, void* detail) {
    if (type == MD_BLOCK_DOC) return;
    close_spans(0);
    if (depth_ == 0) ++(type == MD_BLOCK_P ? paragraphs_ : other_blocks_);
    if (!deeper()) return;
    if (type == MD_BLOCK_H) {
        out_ += "<h" + std::to_string(static_cast<MD_BLOCK_H_DETAIL const*>(detail)->level) + ">";
    } else if (type == MD_BLOCK_HR) {
        out_ += "<hr>";
    } else if (type == MD_BLOCK_CODE) {
        auto const language = source_of(static_cast<MD_BLOCK_CODE_DETAIL const*>(detail)->lang);
        out_ += "<pre><code";
        if (is_word(language)) out_ += " class=\"language-" + std::string(language) + "\"";
        out_ += ">";
    } else if (type == MD_BLOCK_OL && static_cast<MD_BLOCK_OL_DETAIL const*>(detail)->start != 1) {
        out_ += "<ol start=\"" + std::to_string(static_cast<MD_BLOCK_OL_DETAIL const*>(detail)->start) + "\">";
    } else if (auto const* tag = block_tag(type)) {
        out_ += std::string("<") + tag + ">";
    }
}

void html_writer::leave_block(MD_BLOCKTYPE type, void* detail) {
    close_spans(0);
    if (type == MD_BLOCK_DOC || !shallower()) return;
    if (type == MD_BLOCK_H) {
        out_ += "</h" + std::to_string(static_cast<MD_BLOCK_H_DETAIL const*>(detail)->level) + ">\n";
    } else if (type == MD_BLOCK_CODE) {
        out_ += "</code></pre>\n";
    } else if (auto const* tag = block_tag(type)) {
        out_ += std::string("</") + tag + ">\n";
    }
}

// A link in a link would be invalid: the inner one is only text.
std::string_view html_writer::open_link(MD_ATTRIBUTE const& target) {
    auto const is_link_element = [](open_span const& span) { return span.end == link_end; };
    bool const inside_link = std::any_of(spans_.begin(), spans_.end(), is_link_element);
    if (inside_link || !is_link(source_of(target))) return {};
    out_ += "<a href=\"";
    append_attribute(out_, target);
    out_ += "\">";
    return link_end;
}

void html_writer::enter_span(MD_SPANTYPE type, void* detail) {
    open_span span{type, {}};
    if (spans_.size() >= most_spans) {
        // Its text is enough.
    } else if (type == MD_SPAN_A) {
        span.end = open_link(static_cast<MD_SPAN_A_DETAIL const*>(detail)->href);
    } else if (type == MD_SPAN_IMG) {
        // An image from the web would tell its server who reads: its text becomes a link.
        span.end = open_link(static_cast<MD_SPAN_IMG_DETAIL const*>(detail)->src);
    } else {
        auto const marks = marks_of(type);
        out_ += marks.begin;
        span.end = marks.end;
    }
    spans_.push_back(span);
}

void html_writer::leave_span(MD_SPANTYPE type) {
    auto const has_type = [type](open_span const& span) { return span.type == type; };
    auto const innermost = std::find_if(spans_.rbegin(), spans_.rend(), has_type);
    if (innermost != spans_.rend()) close_spans(static_cast<std::size_t>(spans_.rend() - innermost) - 1);
}

void html_writer::close_spans(std::size_t remaining) {
    for (; spans_.size() > remaining; spans_.pop_back()) out_ += spans_.back().end;
}

void html_writer::text(MD_TEXTTYPE type, std::string_view words) {
    switch (type) {
        case MD_TEXT_BR:
            out_ += "<br>\n";
            break;
        case MD_TEXT_SOFTBR:
            out_ += "\n";
            break;
        case MD_TEXT_NULLCHAR:
            out_ += "\xEF\xBF\xBD";
            break;
        case MD_TEXT_ENTITY:
            out_ += words;
            break;  // the parser passes "&name;" and "&#1;" only: they cannot be markup
        default:
            append_escaped(out_, words);
    }
}

std::string html_writer::finish() {
    while (!out_.empty() && out_.back() == '\n') out_.pop_back();
    constexpr std::string_view opening = "<p>";
    constexpr std::string_view closing = "</p>";
    if (paragraphs_ == 1 && other_blocks_ == 0) return out_.substr(opening.size(), out_.size() - opening.size() - closing.size());
    return std::move(out_);
}

}  // namespace chatrixcd::matrix::detail
