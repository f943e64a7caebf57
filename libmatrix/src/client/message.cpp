// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/matrix/message.hpp>

namespace chatrixcd::matrix {

namespace asio = boost::asio;

message::message(matrix::room where, event content, std::string trace, unsigned attempt, base::time_point received, bool restored)
    : room_(std::move(where)),
      event_(std::move(content)),
      trace_(std::move(trace)),
      attempt_(attempt),
      received_(received),
      restored_(restored) {}

std::string message::text() const { return message_text(event_); }

std::string message::msgtype() const { return std::string(event_.content_text("msgtype")); }

std::optional<event_id> message::thread_root() const {
    auto relates = event_.relates_to();
    if (!relates || relates->type != "m.thread") return std::nullopt;
    return std::move(relates->target);
}

std::optional<event_id> message::in_reply_to() const { return event_.in_reply_to(); }

asio::awaitable<result<event_id>> message::reply(outgoing what) const {
    auto answer = std::move(what).reply_to(id()).mention(sender());
    auto const root = thread_root();
    if (root) answer = std::move(answer).in_thread(*root);
    co_return co_await room_.send(std::move(answer));
}

asio::awaitable<result<event_id>> message::reply_in_thread(outgoing what) const {
    auto answer = std::move(what).in_thread(thread_root().value_or(id())).reply_to(id()).mention(sender());
    co_return co_await room_.send(std::move(answer));
}

asio::awaitable<result<event_id>> message::react(std::string symbol) const { co_return co_await room_.react(id(), std::move(symbol)); }

asio::awaitable<result<void>> message::mark_read() const { co_return co_await room_.mark_read(id()); }

invite::invite(matrix::room where, event content) : room_(std::move(where)), event_(std::move(content)) {}

asio::awaitable<result<void>> invite::accept() const { co_return co_await room_.join(); }
asio::awaitable<result<void>> invite::reject() const { co_return co_await room_.leave(); }

}  // namespace chatrixcd::matrix
