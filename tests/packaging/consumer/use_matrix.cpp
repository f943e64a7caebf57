// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/matrix/bot.hpp>
#include <cstdio>

int main() {
    auto const html = chatrixcd::matrix::markdown_to_html("**bold** <b>not</b>");
    chatrixcd::matrix::user_id const bot("@bot:example.org");
    std::printf("%s %s\n", bot.str().c_str(), html.c_str());
    return html.find("<strong>bold</strong>") == std::string::npos ? 1 : 0;
}
