// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/matrix/markdown.hpp>

#include <md4c.h>

#include <cstddef>

#include "content/utf8.hpp"
#include "markdown/writer.hpp"

namespace chatrixcd::matrix {

namespace {

// More than the parts of a message can hold.
constexpr std::size_t most_bytes = 1U << 20U;
constexpr unsigned features = MD_FLAG_NOHTML | MD_FLAG_STRIKETHROUGH | MD_FLAG_PERMISSIVEURLAUTOLINKS;

detail::html_writer& writer(void* data) { return *static_cast<detail::html_writer*>(data); }

int enter_block(MD_BLOCKTYPE type, void* detail, void* data) {
    writer(data).enter_block(type, detail);
    return 0;
}
int leave_block(MD_BLOCKTYPE type, void* detail, void* data) {
    writer(data).leave_block(type, detail);
    return 0;
}
int enter_span(MD_SPANTYPE type, void* detail, void* data) {
    writer(data).enter_span(type, detail);
    return 0;
}
int leave_span(MD_SPANTYPE type, void*, void* data) {
    writer(data).leave_span(type);
    return 0;
}
int text(MD_TEXTTYPE type, MD_CHAR const* words, MD_SIZE length, void* data) {
    writer(data).text(type, std::string_view(words, length));
    return 0;
}

}  // namespace

std::string escape_html(std::string_view words) {
    std::string out;
    detail::append_escaped(out, detail::repaired_utf8(words));
    return out;
}

std::string markdown_to_html(std::string_view source) {
    if (source.size() > most_bytes) return escape_html(source);
    auto const clean = detail::repaired_utf8(source);
    detail::html_writer out;
    MD_PARSER parser{};
    parser.flags = features;
    parser.enter_block = enter_block;
    parser.leave_block = leave_block;
    parser.enter_span = enter_span;
    parser.leave_span = leave_span;
    parser.text = text;
    if (md_parse(clean.data(), static_cast<MD_SIZE>(clean.size()), &parser, &out) != 0) return escape_html(clean);
    return out.finish();
}

}  // namespace chatrixcd::matrix
