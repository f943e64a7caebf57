// SPDX-License-Identifier: Apache-2.0
// The example without encryption: what sync, delivery and sending cost alone.
#define main echo_bot_main
#include "examples/echo_bot.cpp"
#undef main

int main() {
    return matrix::run_bot([] { return setup().encryption(false); }, bot);
}
