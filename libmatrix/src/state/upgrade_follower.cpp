// SPDX-License-Identifier: Apache-2.0
#include "state/upgrade_follower.hpp"

#include <boost/json/object.hpp>
#include <boost/system/system_error.hpp>

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/matrix/event.hpp>

#include "state/failure.hpp"

namespace chatrixcd::matrix::detail {

namespace asio = boost::asio;
using base::error;
using base::error_kind;
using base::result;

namespace {

// A room that ended, and where it says that it goes on.
struct ended_room {
    upgrade_step step = upgrade_step::none;
    room_id after;
    user_id upgrader;
    bool is_in_after = false;
};

ended_room look(base::transaction& t, std::int64_t account, room_id const& before) {
    ended_room found;
    found.step = load_room(t, account, before).upgrade;
    auto const text = find_state(t, account, before, "m.room.tombstone", "");
    if (!text) return found;
    auto const tombstone = event::parse_text(*text);
    if (!tombstone) return found;
    auto after = room_id::parse(std::string(tombstone->content_text("replacement_room")));
    if (!after || *after == before) return found;
    found.after = std::move(*after);
    found.upgrader = tombstone->sender();
    found.is_in_after = load_room(t, account, found.after).ours == membership::join;
    return found;
}

void set_step(base::transaction& t, std::int64_t account, room_id const& room, upgrade_step step) {
    auto row = load_room(t, account, room);
    // We may have left it meanwhile.
    if (row.upgrade < upgrade_step::pending) return;
    row.upgrade = step;
    save_room(t, account, room, row);
}

}  // namespace

upgrade_follower::upgrade_follower(services& with, api& homeserver, listener told)
    : with_(&with),
      api_(&homeserver),
      told_(std::move(told)),
      changed_(with.executor),
      wait_(with.random, std::chrono::seconds(1)),
      log_(with.log.named("upgrades")) {}

void upgrade_follower::wake() {
    ++version_;
    changed_.notify_all();
}

asio::awaitable<void> upgrade_follower::run() {
    for (;;) {
        auto const seen = version_;
        auto find = [account = with_->account](base::transaction& t) { return pending_upgrades(t, account); };
        auto const rooms = co_await write_through(*with_, std::move(find));
        bool again = false;
        for (auto const& room : rooms) {
            bool const done = co_await follow(room);
            again = again || !done;
        }
        if (again) {
            auto const delay = wait_.next();
            co_await with_->time.sleep(delay);
            continue;
        }
        wait_.reset();
        while (version_ == seen) co_await changed_.wait();
    }
}

asio::awaitable<bool> upgrade_follower::follow(room_id before) {
    auto find = [account = with_->account, before](base::transaction& t) { return look(t, account, before); };
    auto const room = co_await write_through(*with_, std::move(find));
    if (room.after.empty()) {
        co_await keep(before, upgrade_step::refused);
        co_return true;
    }
    bool const joins = !room.is_in_after || room.step == upgrade_step::joining;
    if (joins) {
        // Committed first: who comes back after a crash must know why we are there.
        co_await keep(before, upgrade_step::joining);
        auto const entered = co_await enter(before, room.after, room.upgrader);
        if (!entered) {
            if (!is_refusal(entered.error())) co_return false;
            log_.warning("a room's successor cannot be joined",
                         {{"room", before.str()}, {"successor", room.after.str()}, {"why", entered.error().describe()}});
            co_await keep(before, upgrade_step::refused);
            co_return true;
        }
    }
    auto const answer = co_await ask_successor(room.after, before);
    if (!answer) co_return false;
    if (*answer == succession::denied) {
        log_.warning("a room names a successor that does not name it: not followed", {{"room", before.str()}, {"named", room.after.str()}});
        if (joins) co_await leave(room.after);
        co_await keep(before, upgrade_step::refused);
        co_return true;
    }
    log_.info("a room was upgraded, followed it", {{"room", before.str()}, {"successor", room.after.str()}});
    co_await tell(before, room.after);
    co_await keep(before, upgrade_step::followed);
    co_return true;
}

asio::awaitable<result<void>> upgrade_follower::enter(room_id before, room_id after, user_id upgrader) {
    // A room id of version 12 names no server: who upgraded the room is at one that knows the new one.
    auto request = call::post(client_path({"join", after.str()})).again().named("joining the successor of " + before.str());
    auto const server = upgrader.server().str();
    request = std::move(request).query("via", server).query("server_name", server);
    auto const answer = co_await api_->request(std::move(request));
    if (!answer) co_return answer.error();
    co_return result<void>();
}

// What refuses to tell is no successor.
asio::awaitable<result<succession>> upgrade_follower::ask_successor(room_id after, room_id before) {
    auto request =
        call::get(client_path({"rooms", after.str(), "state", "m.room.create", ""})).named("reading the successor's create event");
    auto const create = co_await api_->request(std::move(request));
    if (!create) {
        if (is_refusal(create.error())) co_return succession::denied;
        co_return create.error();
    }
    auto const* predecessor = base::find_object(*create, "predecessor");
    if (predecessor == nullptr) co_return succession::denied;
    bool const agreed = base::find_string(*predecessor, "room_id") == before.str();
    co_return agreed ? succession::agreed : succession::denied;
}

asio::awaitable<void> upgrade_follower::leave(room_id after) {
    auto request = call::post(client_path({"rooms", after.str(), "leave"})).again().named("leaving a room that is no successor");
    auto const left = co_await api_->request(std::move(request));
    if (!left) log_.warning("a room that is no successor could not be left", {{"room", after.str()}, {"why", left.error().describe()}});
}

asio::awaitable<void> upgrade_follower::tell(room_id before, room_id after) {
    std::exception_ptr failure;
    try {
        co_await told_(std::move(before), std::move(after));
    } catch (boost::system::system_error const&) {
        // Cancelled: told again at the next start.
        throw;
    } catch (...) {
        failure = std::current_exception();
    }
    if (failure) log_.error("the handler of upgraded rooms failed", {{"why", words_of(failure)}});
}

asio::awaitable<void> upgrade_follower::keep(room_id before, upgrade_step step) {
    auto work = [account = with_->account, before, step](base::transaction& t) { set_step(t, account, before, step); };
    co_await write_through(*with_, std::move(work));
}

}  // namespace chatrixcd::matrix::detail
