// SPDX-License-Identifier: Apache-2.0
#include "state/member_loader.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <chatrixcd/base/json_reader.hpp>

#include "state/room_table.hpp"
#include "sync/document.hpp"
#include "sync/raw_event.hpp"

namespace chatrixcd::matrix::detail {

namespace asio = boost::asio;
using base::error;
using base::error_kind;
using base::result;

namespace {

// A room of a hundred thousand.
constexpr std::size_t most_bytes = 64U << 20U;
constexpr unsigned most_loads = 3;

// Whether there is something to ask for; the number of the batch up to which the store knows.
std::optional<std::int64_t> missing_since(base::transaction& t, std::int64_t account, room_id const& room, user_id const& one) {
    auto const row = load_room(t, account, room);
    if (row.ours != membership::join || row.members_known) return std::nullopt;
    if (!one.empty() && membership_of(t, account, room, one)) return std::nullopt;
    auto const batches = t.first("SELECT batches FROM account WHERE id = ?1", {account});
    return batches->integer(0);
}

// Outdated if a sync has left members out since.
result<member_list> keep_members(base::transaction& t, std::int64_t account, room_id const& room, std::string_view body,
                                 std::int64_t asked_at) {
    auto const parsed = document::parse(body);
    if (!parsed) return parsed.error();
    auto const* chunk = base::find_array((*parsed)->root(), "chunk");
    if (chunk == nullptr) return error(error_kind::protocol, "the room's members were not answered with a list");
    std::vector<raw_event> members;
    members.reserve(chunk->size());
    for (auto const& value : *chunk) {
        auto found = raw_event::view(value);
        if (found && found->state_key()) members.push_back(*found);
    }
    auto row = load_room(t, account, room);
    if (row.ours != membership::join) return member_list::complete;
    if (row.members_gap > asked_at) return member_list::outdated;
    replace_members(t, account, room, members, asked_at);
    row.members_known = true;
    save_room(t, account, room, row);
    return member_list::complete;
}

}  // namespace

class member_loader::turn {
public:
    turn(member_loader& of, room_id room) : of_(of), room_(std::move(room)) { of_.busy_.insert(room_); }
    turn(turn const&) = delete;
    turn& operator=(turn const&) = delete;
    ~turn() {
        of_.busy_.erase(room_);
        of_.changed_.notify_all();
    }

private:
    member_loader& of_;
    room_id room_;
};

asio::awaitable<result<void>> member_loader::ensure(room_id room, user_id one) {
    while (busy_.contains(room)) co_await changed_.wait();
    turn const mine(*this, room);
    for (unsigned loads = 0; loads < most_loads; ++loads) {
        auto look = [account = with_->account, room, one](base::transaction& t) { return missing_since(t, account, room, one); };
        auto const asked_at = co_await with_->store.read(std::move(look));
        if (!asked_at) co_return result<void>();
        auto const loaded = co_await load(room, *asked_at);
        if (!loaded) co_return loaded.error();
        if (*loaded == member_list::complete) co_return result<void>();
    }
    co_return error(error_kind::unavailable, "the room's members change faster than they can be read").with_hint("Try again later");
}

asio::awaitable<result<member_list>> member_loader::load(room_id room, std::int64_t asked_at) {
    auto request = call::get(client_path({"rooms", room.str(), "members"}))
                       .query("not_membership", "leave")
                       .max_response(most_bytes)
                       .named("asking for the room's members");
    auto body = co_await api_->request_unread(std::move(request));
    if (!body) co_return body.error();
    auto shared = std::make_shared<std::string const>(std::move(*body));
    auto keep = [account = with_->account, room, shared, asked_at](base::transaction& t) {
        return std::make_shared<result<member_list>>(keep_members(t, account, room, *shared, asked_at));
    };
    auto const kept = co_await with_->store.write(std::move(keep));
    loaded_(room);
    co_return *kept;
}

}  // namespace chatrixcd::matrix::detail
