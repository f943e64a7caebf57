// SPDX-License-Identifier: Apache-2.0
// A chat in memory, for tests and simulations: people say things, the bot's messages are in a transcript, deliveries come again after a
// restart of the bot until they are acknowledged, sends fail as scripted. It outlives the bot under test. One thread.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/chatops/chat/service.hpp>

namespace chatrixcd::chatops::testing {

// A message as a member of the room sees it now.
struct shown_message {
    std::string room;
    std::string event;
    std::string author;
    view content;      // newest edit
    std::string text;  // what a person wrote, or render_plain(content)
    std::size_t edits = 0;
    std::string reply_to;  // event, or empty
    std::string thread;    // first event, or empty
    bool notify = false;
    bool redacted = false;
    std::vector<std::string> reactions;
};

// What goes wrong with a send, an edit or a reaction.
enum class send_fault {
    refused,       // error `forbidden`: never sent
    hangs_before,  // the process ends before the message was queued: never returns, never sent; ended by cancellation only
    hangs_after,   // the process ends when the message was sent already: never returns
};

class scripted_chat : public chat::service {
public:
    // `time` must outlive the chat.
    scripted_chat(boost::asio::any_io_executor executor, base::clock& time, std::string name = "chat",
                  std::string account = "@bot:example.org");
    ~scripted_chat() override;

    // The world. Our account is in every room that is mentioned.
    void join(std::string room, std::string user);
    // Device and trust of what the user says from now on. Default: no device, trust_level::server.
    void set_trust(std::string user, std::string device, chat::trust_level trust);
    // Whether what the user says from now on may be somebody else's, or was held back. Default: neither.
    void set_doubts(std::string const& user, bool doubted, bool late);
    // Somebody writes; joins the room if need be. Returns the event's id.
    std::string says(std::string user, std::string room, std::string text);
    // The same in the thread that begins with an event.
    std::string says_in_thread(std::string user, std::string room, std::string thread, std::string text);
    // The chat delivers an event once more although it was acknowledged.
    void deliver_again(std::string event);

    // The bot's process ended: what was not acknowledged will come again, objects that the old process holds do nothing any more.
    void restart();

    // Each is used up by one call, in the order given.
    void next_send(send_fault fault);
    // What remarks() says; nothing: it never ends by itself. Default: no remarks.
    void set_remarks(std::optional<std::vector<std::string>> all) { remarks_ = std::move(all); }
    // Every send and edit takes this long. Default: none.
    void set_latency(base::duration span);

    std::vector<shown_message> const& transcript() const noexcept;
    // The bot's messages alone.
    std::vector<shown_message> bot_messages() const;
    // Everything as text: "@ann: !cd ping\n@bot: pong (edited 2×)\n…", for golden files.
    std::string transcript_text() const;
    std::size_t unacknowledged() const noexcept;
    // What expect_answers() said last; nothing if it was not called since the bot's last start.
    std::optional<std::vector<chat::awaited_answer>> const& awaited() const noexcept;
    // Events that were set aside after three failures.
    std::vector<std::string> set_aside() const;

    std::string name() const override;
    std::string account() const override;
    bool has_threads() const override { return true; }
    boost::asio::awaitable<chat::result<std::vector<std::string>>> remarks() override;
    void expect_answers(std::vector<chat::awaited_answer> all) override;
    boost::asio::awaitable<chat::result<std::unique_ptr<chat::delivery>>> next() override;
    boost::asio::awaitable<chat::result<chat::message_id>> send(chat::outgoing what) override;
    boost::asio::awaitable<chat::result<chat::message_id>> edit(chat::message_id target, chat::outgoing what) override;
    boost::asio::awaitable<chat::result<chat::message_id>> react(std::string room, std::string event, std::string key,
                                                                 std::string symbol) override;
    boost::asio::awaitable<chat::result<void>> redact(std::string room, std::string event, std::string key, std::string reason) override;
    boost::asio::awaitable<chat::result<void>> typing(std::string room, bool on) override;
    boost::asio::awaitable<chat::result<void>> mark_read(std::string room, std::string event) override;
    boost::asio::awaitable<chat::result<std::vector<std::string>>> members(std::string room) override;

private:
    struct state;
    class scripted_delivery;
    std::string say(std::string user, std::string room, std::optional<std::string> thread, std::string text);
    std::shared_ptr<state> state_;
    std::optional<std::vector<std::string>> remarks_{std::in_place};
};

}  // namespace chatrixcd::chatops::testing
