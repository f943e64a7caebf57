// SPDX-License-Identifier: Apache-2.0
// Whatever is written, its HTML has the elements and attributes that Matrix allows and no others, each closed in its place.
#include <cstdlib>

#include <chatrixcd/matrix/markdown.hpp>

#include "allowed_html.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view const source(reinterpret_cast<char const*>(data), size);
    if (!chatrixcd::fuzz::is_allowed_html(chatrixcd::matrix::markdown_to_html(source))) std::abort();
    if (chatrixcd::matrix::escape_html(source).find_first_of("<>\"") != std::string::npos) std::abort();
    return 0;
}
