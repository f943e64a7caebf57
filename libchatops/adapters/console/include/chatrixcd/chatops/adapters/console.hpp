// SPDX-License-Identifier: Apache-2.0
// A chat of one person and the bot, without a network: lines come in through say(), rendered messages go out through a function. For
// `chatrixcd console`, for tests of bots. Reads and writes no terminal itself. Nothing survives the process: what was said and not
// acknowledged is gone with it, and so are keys. All methods on the executor; whatever the output function refers to outlives the console.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/chatops/chat/service.hpp>
#include <chatrixcd/chatops/render.hpp>

namespace chatrixcd::chatops::adapters {

class console_options {
public:
    console_options() = default;
    std::string name = "console";          // the service's, as in origins
    std::string account = "@bot:console";  // ours
    std::string user = "@you:console";     // whoever types
    std::string room = "console";
    terminal_style style;
};

class console final : public chat::service {
public:
    // Gets the rendered text of a message, ending with a line break. An edited message is given again as a whole.
    using output = std::function<void(std::string text)>;

    // `time` outlives the console.
    console(boost::asio::any_io_executor executor, base::clock& time, console_options options, output show);
    ~console() override;

    // The person typed something. Returns the event's id, which no other process gives (unless the clock is set back).
    std::string say(std::string text);
    // For what is shown from now on: the terminal was resized.
    void set_style(terminal_style style);

    std::string name() const override;
    std::string account() const override;
    bool is_private() const override { return true; }
    boost::asio::awaitable<chat::result<std::unique_ptr<chat::delivery>>> next() override;
    boost::asio::awaitable<chat::result<chat::message_id>> send(chat::outgoing what) override;
    // Shows the whole message again, unless it looks as before.
    boost::asio::awaitable<chat::result<chat::message_id>> edit(chat::message_id target, chat::outgoing what) override;
    // `unsupported`.
    boost::asio::awaitable<chat::result<chat::message_id>> react(std::string room, std::string event, std::string key,
                                                                 std::string symbol) override;
    // What was shown stays on the screen: says that the message was removed.
    boost::asio::awaitable<chat::result<void>> redact(std::string room, std::string event, std::string key, std::string reason) override;
    boost::asio::awaitable<chat::result<void>> typing(std::string room, bool on) override;
    boost::asio::awaitable<chat::result<void>> mark_read(std::string room, std::string event) override;
    boost::asio::awaitable<chat::result<std::vector<std::string>>> members(std::string room) override;

private:
    struct state;
    class console_delivery;
    std::shared_ptr<state> state_;
};

}  // namespace chatrixcd::chatops::adapters
