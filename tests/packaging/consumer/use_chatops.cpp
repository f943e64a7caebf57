// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/chatops/adapters/executor.hpp>
#include <chatrixcd/chatops/render.hpp>
#include <cstdio>

int main() {
    chatrixcd::chatops::view const shown = chatrixcd::chatops::view::of_text("a < b");
    std::string const html = chatrixcd::chatops::render_html(shown);
    std::printf("%s\n", html.c_str());
    return html.find("a &lt; b") == std::string::npos ? 1 : 0;
}
