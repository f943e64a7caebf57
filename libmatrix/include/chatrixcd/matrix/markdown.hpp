// SPDX-License-Identifier: Apache-2.0
// CommonMark (with ~~strike-through~~ and bare links) as the HTML that Matrix clients show. Pure, never throws for any input; no text can
// become markup: raw HTML is shown as text, links lead to http, https, ftp, mailto or magnet, or are no links.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace chatrixcd::matrix {

// Emits only tags and attributes that Matrix allows (client-server API, "m.room.message msgtypes"). A source of one paragraph comes without
// its <p>. Sources over 1 MiB, which no message can hold, come out escaped without formatting.
std::string markdown_to_html(std::string_view source);

// What keeps a text from being the HTML that Matrix allows, in one line for a developer: an element or attribute that is not on the list, a
// link or image with another scheme, tags that do not match. Nothing if all is well.
std::optional<std::string> html_problem(std::string_view html);

// Text as HTML: & < > " escaped, bytes that are no valid UTF-8 replaced.
std::string escape_html(std::string_view text);

}  // namespace chatrixcd::matrix
