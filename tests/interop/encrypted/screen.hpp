// SPDX-License-Identifier: Apache-2.0
// The bot's screen and its camera, for verifications by QR codes: what it shows stands on its output, and what it is to have scanned is
// said to it in the room.
#pragma once

#include <chatrixcd/matrix/bot.hpp>
#include <optional>

class screen {
public:
    // Shows a code to whoever asks, and believes them once they have scanned it. Whoever runs the test says that the other side shows it.
    boost::asio::awaitable<void> show(chatrixcd::matrix::verification asked);
    // "scan BASE64": takes it for what its camera has read.
    boost::asio::awaitable<void> look_at(std::string text);

private:
    std::optional<chatrixcd::matrix::verification> last_;
};
