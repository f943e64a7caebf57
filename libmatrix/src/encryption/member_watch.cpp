// SPDX-License-Identifier: Apache-2.0
#include "encryption/member_watch.hpp"

#include <algorithm>
#include <boost/system/system_error.hpp>

#include "crypto/rooms/pinned_members.hpp"
#include "encryption/room_encryption.hpp"
#include "state/failure.hpp"
#include "state/room_table.hpp"

namespace chatrixcd::matrix::detail {

namespace asio = boost::asio;

namespace {

std::vector<room_id> encrypted_rooms(crypto::context const& with) {
    auto rooms = joined_rooms(with.t, with.account);
    std::erase_if(rooms, [&](room_id const& each) { return load_room(with.t, with.account, each).encryption.empty(); });
    return rooms;
}

result<void> accept_in(crypto::context const& with, room_id const& room, user_id const& who, std::string const& identity) {
    auto const waiting = newcomers_of(with, room);
    auto const place = std::ranges::find(waiting, who, &newcomer::user);
    if (place == waiting.end()) return error(error_kind::not_found, who.str() + " does not wait to be accepted");
    if (place->identity != identity) return error(error_kind::conflict, "the identity of " + who.str() + " is another one by now");
    crypto::accept_newcomer(with, room, *place);
    return {};
}

}  // namespace

member_watch::member_watch(services& with, session const& who, crypto::driver& olm, member_loader& members, predicate pins, listener told)
    : with_(&with),
      machine_(with, who, olm),
      members_(&members),
      pins_(std::move(pins)),
      told_(std::move(told)),
      changed_(with.executor),
      wait_(with.random, std::chrono::seconds(1)),
      log_(with.log.named("encryption")) {}

void member_watch::wake() {
    ++version_;
    changed_.notify_all();
}

asio::awaitable<void> member_watch::run() {
    for (;;) {
        auto const seen = version_;
        auto find = [](crypto::context const& with) { return encrypted_rooms(with); };
        auto const rooms = co_await machine_.run(std::move(find));
        bool again = false;
        // All rooms are pinned before anybody is told of: whoever hears of them may take their time.
        std::vector<room_id> known;
        for (auto const& room : rooms) {
            if (!pins_(room)) continue;
            auto const waiting = co_await newcomers(room);
            if (waiting) known.push_back(room);
            again = again || (!waiting && !is_refusal(waiting.error()));
        }
        for (auto const& room : known) co_await tell_of(room);
        if (again) {
            auto const delay = wait_.next();
            co_await with_->time.sleep(delay);
            continue;
        }
        wait_.reset();
        while (version_ == seen) co_await changed_.wait();
    }
}

asio::awaitable<void> member_watch::tell_of(room_id room) {
    auto look = [room](crypto::context const& with) { return crypto::note_newcomers(with, room, newcomers_of(with, room)); };
    auto const untold = co_await machine_.run(std::move(look));
    for (auto const& [each, occasion] : untold) {
        log_.warning(each.identity_changed ? "a member has another identity and gets no keys until they are accepted"
                                           : "somebody is new in a room of pinned members and gets no keys until they are accepted",
                     {{"room", room.str()}, {"user", each.user.str()}});
        co_await tell(room, each, occasion);
        auto note = [room, who = each](crypto::context const& with) { crypto::note_told(with, room, who); };
        co_await machine_.run(std::move(note));
    }
}

asio::awaitable<void> member_watch::tell(room_id room, newcomer who, std::string occasion) {
    std::exception_ptr failure;
    try {
        co_await told_(std::move(room), std::move(who), std::move(occasion));
    } catch (boost::system::system_error const&) {
        // Cancelled: told again at the next start.
        throw;
    } catch (...) {
        failure = std::current_exception();
    }
    if (failure) log_.error("the handler of newcomers failed", {{"why", words_of(failure)}});
}

asio::awaitable<result<void>> member_watch::all_members(room_id room) {
    try {
        co_return co_await members_->ensure(room);
    } catch (base::store_error const& e) {
        with_->health.failed(e);
    }
    co_return error(error_kind::unavailable, "the store does not work");
}

asio::awaitable<result<std::vector<newcomer>>> member_watch::newcomers(room_id in) {
    auto const known = co_await all_members(in);
    if (!known) co_return known.error();
    auto look = [in](crypto::context const& with) { return newcomers_of(with, in); };
    co_return co_await machine_.run(std::move(look));
}

asio::awaitable<result<void>> member_watch::accept(room_id in, user_id who, std::string identity) {
    auto const known = co_await all_members(in);
    if (!known) co_return known.error();
    auto work = [in, who, identity](crypto::context const& with) { return accept_in(with, in, who, identity); };
    co_return co_await machine_.run(std::move(work));
}

}  // namespace chatrixcd::matrix::detail
