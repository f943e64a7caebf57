// SPDX-License-Identifier: Apache-2.0
// Takes commands in: from chats as deliveries, room by room, each journaled before it is acknowledged; from operators as lines; and from
// the journal what another process had journaled and not handled. An answer to a question of ours is a command, too.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <chatrixcd/base/notifier.hpp>
#include <chatrixcd/base/task_group.hpp>
#include <chatrixcd/chatops/chat/service.hpp>
#include <chatrixcd/chatops/engine.hpp>

#include "engine/board.hpp"
#include "engine/database.hpp"
#include "engine/desk.hpp"
#include "engine/open_questions.hpp"
#include "outbox/sender.hpp"

namespace chatrixcd::chatops {

class intake {
public:
    // All must outlive stop().
    intake(engine_parts const& parts, base::logger log, database& store, board& shown, outbox::sender& messages, desk& handlers);

    // Takes up what another process left unhandled. An operator who is not there any more is not answered: those commands are refused.
    // What a chat's commands are, is known only once the chat has said whether our store was put back from a copy: then they are in doubt.
    boost::asio::awaitable<void> resume();
    // Takes deliveries until it is cancelled, after what was left of that chat has been taken up.
    boost::asio::awaitable<void> pull(chat::service& from);
    // One line of an operator; the caller may go away before it is done.
    boost::asio::awaitable<base::result<view>> execute(actor who, std::string words);

    // From now on nothing new is begun.
    void close();
    // Waits until what was begun is done, at most `limit`.
    boost::asio::awaitable<void> finish(base::duration limit);
    boost::asio::awaitable<void> stop();

private:
    using place = std::pair<std::string, std::string>;
    struct item {
        std::unique_ptr<chat::delivery> fresh;  // or
        std::optional<journal::entry> left_behind;
    };
    // A message that is for us, and what becomes of it.
    class arrival {
    public:
        arrival() = default;
        journal::entry asked;
        std::optional<journal::question> open;  // what its author was asked in its thread
        bool is_answer = false;                 // to that
        bool ends = true;                       // that
        std::optional<answer> at_once;          // what is said without handling it
    };
    struct pending_call;
    class line_hold;

    boost::asio::awaitable<void> take_up(chat::service& of);
    boost::asio::awaitable<bool> was_put_back(chat::service& says);
    boost::asio::awaitable<void> raise_mark(chat::service& at);
    boost::asio::awaitable<base::result<std::int64_t>> keep_mark(chat::service& at, std::int64_t value);
    void note_arrival(std::string const& service);
    void enqueue(place where, item what);
    boost::asio::awaitable<void> work(place where);
    boost::asio::awaitable<void> take(item what);
    boost::asio::awaitable<void> receive(std::unique_ptr<chat::delivery> fresh);
    boost::asio::awaitable<void> acknowledge(chat::delivery& taken);
    boost::asio::awaitable<void> could_not_receive(std::unique_ptr<chat::delivery> fresh, journal::entry asked, std::string why);
    boost::asio::awaitable<void> doubt(std::unique_ptr<chat::delivery> fresh, arrival what);
    boost::asio::awaitable<void> give_up_on(std::unique_ptr<chat::delivery> fresh, journal::entry asked);
    boost::asio::awaitable<void> refuse(journal::entry asked, answer told);
    boost::asio::awaitable<void> handle(journal::entry asked);
    boost::asio::awaitable<void> conclude(journal::entry asked, answer with);
    std::optional<arrival> meaning_of(chat::message const& said);
    void answer_at_once(arrival& what, chat::message const& said) const;
    void wait_for_answer(journal::question open, base::duration at_least);
    boost::asio::awaitable<void> expire(journal::question open, base::duration in);
    boost::asio::awaitable<void> call(std::shared_ptr<pending_call> what, std::unique_ptr<line_hold> until_gone);

    boost::asio::any_io_executor executor_;
    base::clock& time_;
    base::random& entropy_;
    base::logger log_;
    database& store_;
    board& board_;
    outbox::sender& messages_;
    desk& desk_;
    std::string prefix_;
    std::vector<chat::service*> chats_;
    open_questions questions_;
    // When a chat's mark was raised last; a chat is here once what was left of it has been taken up.
    std::map<std::string, base::duration> taken_up_;
    bool open_ = true;
    std::map<place, std::deque<item>> queues_;  // a room is here while it has a worker
    std::size_t waiting_ = 0;
    std::size_t calls_ = 0;
    base::notifier changed_;
    base::task_group tasks_;
};

}  // namespace chatrixcd::chatops
