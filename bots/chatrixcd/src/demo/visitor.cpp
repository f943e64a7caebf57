// SPDX-License-Identifier: Apache-2.0
#include "demo/visitor.hpp"

#include <algorithm>
#include <chatrixcd/base/timeout.hpp>

namespace chatrixcd::bot {
namespace {

namespace asio = boost::asio;
using asio::awaitable;

bool worth_showing(matrix::room_id const&, matrix::event const& e) {
    return e.type() == "m.room.message" || e.type() == "m.reaction" || e.type() == "m.room.member";
}

}  // namespace

visitor::visitor(asio::any_io_executor executor, base::clock& time, matrix::options how)
    : time_(&time), client_(executor, std::move(how)), changed_(executor) {
    client_.deliver_if(worth_showing);
    client_.on_message([this](matrix::message m) -> awaitable<void> {
        take(m.room(), m.source());
        co_return;
    });
    client_.on_event([this](matrix::room where, matrix::event e) -> awaitable<void> {
        take(where, e);
        co_return;
    });
}

void visitor::take(matrix::room const& where, matrix::event const& e) {
    if (room_ && where.id() == *room_) {
        auto const index = transcript_.take(e);
        if (index && shown_) shown_(*index, transcript_.entries()[*index]);
    }
    changed_.notify_all();
}

awaitable<base::result<matrix::room_id>> visitor::enter(matrix::user_id self, base::secret password, matrix::user_id bot) {
    auto started = co_await client_.start(matrix::login::password(self, std::move(password)));
    if (!started) co_return started.error();
    auto synced = co_await client_.synced();
    if (!synced) co_return synced.error();
    auto const rooms = co_await client_.rooms();
    if (!rooms.empty()) {
        room_ = rooms.front();
        co_return *room_;
    }
    matrix::new_room wanted = matrix::new_room().name("Demo").topic("Type !cd help").invite(bot).encrypted();
    auto made = co_await client_.create_room(std::move(wanted));
    if (!made) co_return made.error();
    room_ = *made;
    co_return *room_;
}

awaitable<base::result<void>> visitor::say(std::string line) {
    bool const is_command = line.starts_with('!');
    auto const thread = transcript_.thread_to_answer(user());
    auto what = matrix::outgoing::text(std::move(line));
    if (!is_command && !thread.empty()) what = std::move(what).in_thread(matrix::event_id(thread));
    auto sent = co_await client_.room(*room_).send(std::move(what));
    if (!sent) co_return sent.error();
    co_return base::result<void>();
}

awaitable<bool> visitor::wait_for(std::function<awaitable<bool>()> check, base::duration limit) {
    auto wait = [](visitor* self, std::function<awaitable<bool>()> met) -> awaitable<bool> {
        for (;;) {
            bool const now = co_await met();
            if (now) co_return true;
            co_await self->changed_.wait();
        }
    };
    auto const met = co_await base::with_timeout(*time_, wait(this, std::move(check)), limit);
    co_return met.has_value();
}

awaitable<bool> visitor::wait_until(std::function<bool(transcript const&)> met, base::duration limit) {
    std::function<awaitable<bool>()> check = [this, met = std::move(met)]() -> awaitable<bool> { co_return met(transcript_); };
    co_return co_await wait_for(std::move(check), limit);
}

awaitable<bool> visitor::wait_for_member(matrix::user_id user, base::duration limit) {
    std::function<awaitable<bool>()> check = [this, user]() -> awaitable<bool> {
        auto const members = co_await client_.room(*room_).members();
        if (!members) co_return false;
        co_return std::any_of(members->begin(), members->end(), [&user](matrix::member const& m) { return m.user == user; });
    };
    co_return co_await wait_for(std::move(check), limit);
}

awaitable<void> visitor::stop() { co_await client_.stop(); }

}  // namespace chatrixcd::bot
