// SPDX-License-Identifier: Apache-2.0
// Random texts that look like what people and programs write, and like what attackers do.
#pragma once

#include <rapidcheck.h>

#include <string>

namespace chatrixcd::test {

// Any bytes.
inline rc::Gen<std::string> any_bytes() { return rc::gen::container<std::string>(rc::gen::arbitrary<char>()); }

// Valid UTF-8 of pieces that matter to renderers and parsers.
inline rc::Gen<std::string> any_text() {
    auto const piece =
        rc::gen::element<std::string>("a", "b", "word", "longerword", " ", "  ", "\n", "\t", "\r", "<", ">", "&", "\"", "'", "`", "\\", "=",
                                      "--", "-", "é", "漢字", "👩", "\u200d", "\u00a0", "\u202e", "\u0301", "\x1b[31m", "\x1b]0;title\x07",
                                      "<b>", "</code>", "&amp;", "<script>", "“", "”", "’", "—", "{", "}", "%s");
    return rc::gen::map(rc::gen::container<std::vector<std::string>>(piece), [](std::vector<std::string> const& pieces) {
        std::string out;
        for (auto const& each : pieces) out += each;
        return out;
    });
}

}  // namespace chatrixcd::test
