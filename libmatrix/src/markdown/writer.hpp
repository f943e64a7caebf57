// SPDX-License-Identifier: Apache-2.0
// Turns the parser's events into the HTML that Matrix allows. Our own instead of md4c's, whose output may hold images from anywhere,
// links of any scheme and attributes that clients drop.
#pragma once

#include <md4c.h>

#include <string>
#include <string_view>
#include <vector>

namespace chatrixcd::matrix::detail {

void append_escaped(std::string& out, std::string_view text);

class html_writer {
public:
    void enter_block(MD_BLOCKTYPE type, void* detail);
    void leave_block(MD_BLOCKTYPE type, void* detail);
    void enter_span(MD_SPANTYPE type, void* detail);
    void leave_span(MD_SPANTYPE type);
    void text(MD_TEXTTYPE type, std::string_view words);

    // The document; of a single paragraph, what is in it.
    std::string finish();

private:
    // What ends it; empty if it is no element.
    std::string_view open_link(MD_ATTRIBUTE const& target);
    // Ends the innermost spans until so many are open.
    void close_spans(std::size_t remaining);
    bool deeper();
    bool shallower();

    std::string out_;
    unsigned depth_ = 0;         // of blocks that are open
    unsigned paragraphs_ = 0;    // at the top
    unsigned other_blocks_ = 0;  // at the top
    struct open_span {
        MD_SPANTYPE type;
        std::string_view end;  // empty: it did not become an element
    };
    // The parser does not end each span that it begins, nor before what it is in ends: "~) ![i](http:~/)".
    std::vector<open_span> spans_;
};

}  // namespace chatrixcd::matrix::detail
