// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/matrix/moderation.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <chatrixcd/base/json_reader.hpp>

#include "client/runtime.hpp"
#include "requests/ask.hpp"

namespace chatrixcd::matrix {

namespace asio = boost::asio;
using detail::call;
using detail::client_path;

namespace {

constexpr std::size_t most_members_answer = 64U << 20U;

std::optional<membership_state> state_from(std::string_view word) noexcept {
    for (auto const s :
         {membership_state::invite, membership_state::join, membership_state::knock, membership_state::leave, membership_state::ban}) {
        if (word == to_string(s)) return s;
    }
    return std::nullopt;
}

std::optional<room_member> member_from(boost::json::value const& item) {
    auto const* raw = item.if_object();
    if (raw == nullptr || base::find_string(*raw, "type") != "m.room.member") return std::nullopt;
    auto const* content = base::find_object(*raw, "content");
    auto user = user_id::parse(base::find_string(*raw, "state_key").value_or(std::string()));
    if (content == nullptr || !user) return std::nullopt;
    auto const state = state_from(base::find_string(*content, "membership").value_or(std::string()));
    if (!state) return std::nullopt;
    room_member found;
    found.user = std::move(*user);
    found.state = *state;
    found.display_name = base::find_string(*content, "displayname").value_or(std::string());
    found.avatar_url = base::find_string(*content, "avatar_url").value_or(std::string());
    found.reason = base::find_string(*content, "reason").value_or(std::string());
    auto sender = user_id::parse(base::find_string(*raw, "sender").value_or(std::string()));
    if (sender) found.changed_by = std::move(*sender);
    found.raw = std::make_shared<boost::json::object const>(*raw);
    return found;
}

result<std::vector<room_member>> members_from(boost::json::object const& answer) {
    auto const* chunk = base::find_array(answer, "chunk");
    if (chunk == nullptr) return detail::incomplete("the list of members has no members");
    std::vector<room_member> found;
    for (auto const& item : *chunk) {
        if (auto one = member_from(item)) found.push_back(std::move(*one));
    }
    return found;
}

result<std::vector<room_member>> joined_from(boost::json::object const& answer) {
    auto const* joined = base::find_object(answer, "joined");
    if (joined == nullptr) return detail::incomplete("the list of joined members has no members");
    std::vector<room_member> found;
    for (auto const& [key, item] : *joined) {
        auto user = user_id::parse(std::string(key));
        auto const* said = item.if_object();
        if (!user || said == nullptr) continue;
        room_member one;
        one.user = std::move(*user);
        one.state = membership_state::join;
        one.display_name = base::find_string(*said, "display_name").value_or(std::string());
        one.avatar_url = base::find_string(*said, "avatar_url").value_or(std::string());
        one.raw = std::make_shared<boost::json::object const>(*said);
        found.push_back(std::move(one));
    }
    return found;
}

// kick, ban, unban, invite: all alike.
call act(room_id const& room, std::string_view verb, user_id const& user, std::string reason) {
    boost::json::object body;
    body["user_id"] = user.str();
    if (!reason.empty()) body["reason"] = std::move(reason);
    auto const name = "the " + std::string(verb) + " of " + user.str();
    return call::post(client_path({"rooms", room.str(), verb})).body(body).named(name);
}

}  // namespace

std::string_view to_string(membership_state s) noexcept {
    switch (s) {
        case membership_state::invite:
            return "invite";
        case membership_state::join:
            return "join";
        case membership_state::knock:
            return "knock";
        case membership_state::leave:
            return "leave";
        case membership_state::ban:
            return "ban";
    }
    return "leave";
}

asio::awaitable<result<void>> moderation::invite(user_id user, std::string reason) const {
    return tell(*runtime_, act(room_, "invite", user, std::move(reason)).again());
}
asio::awaitable<result<void>> moderation::kick(user_id user, std::string reason) const {
    return tell(*runtime_, act(room_, "kick", user, std::move(reason)));
}
asio::awaitable<result<void>> moderation::ban(user_id user, std::string reason) const {
    return tell(*runtime_, act(room_, "ban", user, std::move(reason)).again());
}
asio::awaitable<result<void>> moderation::unban(user_id user, std::string reason) const {
    return tell(*runtime_, act(room_, "unban", user, std::move(reason)).again());
}

asio::awaitable<result<std::vector<room_member>>> moderation::members(std::optional<membership_state> only) const {
    auto request = call::get(client_path({"rooms", room_.str(), "members"})).max_response(most_members_answer).named("listing the members");
    if (only) request = std::move(request).query("membership", std::string(to_string(*only)));
    return detail::ask_for<std::vector<room_member>>(*runtime_, std::move(request), members_from);
}

asio::awaitable<result<std::vector<room_member>>> moderation::joined_members() const {
    auto request = call::get(client_path({"rooms", room_.str(), "joined_members"})).max_response(most_members_answer);
    request = std::move(request).named("listing who is in the room");
    return detail::ask_for<std::vector<room_member>>(*runtime_, std::move(request), joined_from);
}

moderation room::moderation() const { return matrix::moderation(*runtime_, id_); }

}  // namespace chatrixcd::matrix
