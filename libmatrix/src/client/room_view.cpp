// SPDX-License-Identifier: Apache-2.0
// What a room's handle tells of the room, out of the store.
#include "state/room_view.hpp"
#include "client/runtime.hpp"
#include "state/room_table.hpp"

namespace chatrixcd::matrix {

namespace asio = boost::asio;

asio::awaitable<std::optional<room_info>> room::info() const {
    std::optional<room_info> found;
    if (!runtime_->ready()) co_return found;
    if (auto const known = runtime_->infos().find(id_)) {
        found = *known;
        co_return found;
    }
    auto& with = runtime_->with();
    auto read = [account = with.account, id = id_, me = runtime_->user](base::transaction& t) {
        return detail::read_info(t, account, id, me);
    };
    found = co_await with.store.read(std::move(read));
    if (found) runtime_->infos().put(id_, std::make_shared<room_info const>(*found));
    co_return found;
}

asio::awaitable<std::string> room::name() const {
    auto const known = co_await info();
    std::string text;
    if (known) text = known->name;
    co_return text;
}

asio::awaitable<result<power>> room::power_levels() const {
    if (auto const ready = runtime_->ready(); !ready) co_return ready.error();
    auto& with = runtime_->with();
    auto read = [account = with.account, id = id_](base::transaction& t) -> std::shared_ptr<result<power>> {
        return std::make_shared<result<power>>(detail::read_power(t, account, id));
    };
    auto const found = co_await with.store.read(std::move(read));
    co_return std::move(*found);
}

asio::awaitable<result<std::vector<member>>> room::members() const {
    if (auto const ready = runtime_->ready(); !ready) co_return ready.error();
    auto const loaded = co_await runtime_->members().ensure(id_);
    if (!loaded) co_return loaded.error();
    auto& with = runtime_->with();
    auto read = [account = with.account, id = id_](base::transaction& t) { return detail::read_members(t, account, id); };
    co_return co_await with.store.read(std::move(read));
}

asio::awaitable<result<std::string>> room::membership_of(user_id user) const {
    if (auto const ready = runtime_->ready(); !ready) co_return ready.error();
    auto const loaded = co_await runtime_->members().ensure(id_, user);
    if (!loaded) co_return loaded.error();
    auto& with = runtime_->with();
    auto read = [account = with.account, id = id_, user](base::transaction& t) { return detail::membership_of(t, account, id, user); };
    auto const found = co_await with.store.read(std::move(read));
    co_return found.value_or(std::string());
}

asio::awaitable<result<std::vector<newcomer>>> room::newcomers() const { return runtime_->newcomers(id_); }

asio::awaitable<result<void>> room::accept_newcomer(user_id who, std::string identity) const {
    return runtime_->accept_newcomer(id_, std::move(who), std::move(identity));
}

asio::awaitable<std::vector<space_child>> room::children() const {
    std::vector<space_child> found;
    if (!runtime_->ready()) co_return found;
    auto& with = runtime_->with();
    auto read = [account = with.account, id = id_](base::transaction& t) { return detail::read_children(t, account, id); };
    found = co_await with.store.read(std::move(read));
    co_return found;
}

asio::awaitable<std::vector<space_parent>> room::parents() const {
    std::vector<space_parent> found;
    if (!runtime_->ready()) co_return found;
    auto& with = runtime_->with();
    auto read = [account = with.account, id = id_](base::transaction& t) { return detail::read_parents(t, account, id); };
    found = co_await with.store.read(std::move(read));
    co_return found;
}

}  // namespace chatrixcd::matrix
