// SPDX-License-Identifier: Apache-2.0
// The part of an account that is JSON by type.
#include <algorithm>

#include <chatrixcd/matrix/account.hpp>

#include "client/runtime.hpp"
#include "requests/ask.hpp"
#include "requests/read.hpp"

namespace chatrixcd::matrix {

namespace asio = boost::asio;
namespace json = boost::json;
using detail::call;
using detail::client_path;
using detail::runtime;

namespace {

constexpr char const* ignored_type = "m.ignored_user_list";
constexpr char const* direct_type = "m.direct";

std::string data_path(runtime& of, std::string_view type) { return client_path({"user", of.user.str(), "account_data", type}); }
std::string data_path(runtime& of, room_id const& room, std::string_view type) {
    return client_path({"user", of.user.str(), "rooms", room.str(), "account_data", type});
}

// Null if the homeserver has none.
asio::awaitable<result<raw_json>> read(runtime& of, std::string path) {
    auto request = call::get(std::move(path)).named("reading account data");
    auto const answer = co_await ask(of, feature::account_data, std::move(request));
    if (answer) co_return detail::keep(*answer);
    if (answer.error().kind() == error_kind::not_found) co_return raw_json();
    co_return answer.error();
}

asio::awaitable<result<void>> write(runtime& of, std::string path, json::object const& content) {
    return tell(of, feature::account_data, call::put(std::move(path)).body(content).named("writing account data"));
}

// The content of that type; empty if there is none.
asio::awaitable<result<json::object>> current(runtime& of, char const* type) {
    auto const found = co_await read(of, data_path(of, type));
    if (!found) co_return found.error();
    json::object content;
    if (*found) content = **found;
    co_return content;
}

// `change` says whether anything is to be written.
asio::awaitable<result<void>> change(runtime& of, char const* type, std::function<bool(json::object&)> change) {
    auto content = co_await current(of, type);
    if (!content) co_return content.error();
    if (!change(*content)) co_return result<void>();
    co_return co_await write(of, data_path(of, type), *content);
}

// A member that must be an object, whatever it was before.
json::object& object_in(json::object& content, std::string_view key) {
    auto& member = content[key];
    if (!member.is_object()) member = json::object();
    return member.get_object();
}

asio::awaitable<result<std::set<user_id>>> ignored(runtime& of) {
    auto const content = co_await current(of, ignored_type);
    if (!content) co_return content.error();
    std::set<user_id> found;
    if (auto const* users = base::find_object(*content, "ignored_users")) {
        for (auto const& item : *users) {
            auto user = user_id::parse(std::string(item.key()));
            if (user) found.insert(std::move(*user));
        }
    }
    co_return found;
}

using room_map = std::map<user_id, std::vector<room_id>>;

asio::awaitable<result<room_map>> direct(runtime& of) {
    auto const content = co_await current(of, direct_type);
    if (!content) co_return content.error();
    room_map found;
    for (auto const& [key, rooms] : *content) {
        auto user = user_id::parse(std::string(key));
        if (!user || !rooms.is_array()) continue;
        found[std::move(*user)] = detail::ids_of<room_id>(rooms.get_array());
    }
    co_return found;
}

bool is_room(json::value const& item, room_id const& room) { return item.is_string() && std::string_view(item.get_string()) == room.str(); }

}  // namespace

asio::awaitable<result<raw_json>> account::data(std::string type) const { return read(*runtime_, data_path(*runtime_, type)); }

asio::awaitable<result<raw_json>> account::room_data(room_id room, std::string type) const {
    return read(*runtime_, data_path(*runtime_, room, type));
}

asio::awaitable<result<void>> account::put_data(std::string type, json::object content) const {
    return write(*runtime_, data_path(*runtime_, type), content);
}

asio::awaitable<result<void>> account::put_room_data(room_id room, std::string type, json::object content) const {
    return write(*runtime_, data_path(*runtime_, room, type), content);
}

asio::awaitable<result<std::set<user_id>>> account::ignored_users() const { return ignored(*runtime_); }

asio::awaitable<result<void>> account::ignore(user_id user) const {
    return change(*runtime_, ignored_type, [user = std::move(user)](json::object& content) {
        auto& users = object_in(content, "ignored_users");
        if (users.contains(user.str())) return false;
        users[user.str()] = json::object();
        return true;
    });
}

asio::awaitable<result<void>> account::stop_ignoring(user_id user) const {
    return change(*runtime_, ignored_type,
                  [user = std::move(user)](json::object& content) { return object_in(content, "ignored_users").erase(user.str()) > 0; });
}

asio::awaitable<result<room_map>> account::direct_rooms() const { return direct(*runtime_); }

asio::awaitable<result<void>> account::mark_direct(user_id user, room_id room) const {
    return change(*runtime_, direct_type, [user = std::move(user), room = std::move(room)](json::object& content) {
        auto& rooms = content[user.str()];
        if (!rooms.is_array()) rooms = json::array();
        auto& list = rooms.get_array();
        if (std::any_of(list.begin(), list.end(), [&](auto const& item) { return is_room(item, room); })) return false;
        list.emplace_back(room.str());
        return true;
    });
}

asio::awaitable<result<void>> account::unmark_direct(room_id room) const {
    return change(*runtime_, direct_type, [room = std::move(room)](json::object& content) {
        bool changed = false;
        for (auto& item : content) {
            if (!item.value().is_array()) continue;
            json::array kept;
            for (auto& one : item.value().get_array()) {
                if (!is_room(one, room)) kept.push_back(std::move(one));
            }
            changed = changed || kept.size() != item.value().get_array().size();
            item.value() = std::move(kept);
        }
        return changed;
    });
}

}  // namespace chatrixcd::matrix
