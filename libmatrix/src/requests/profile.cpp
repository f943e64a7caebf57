// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/matrix/profile.hpp>

#include "client/runtime.hpp"
#include "requests/ask.hpp"
#include "requests/read.hpp"

namespace chatrixcd::matrix {

namespace asio = boost::asio;
namespace json = boost::json;
using detail::call;
using detail::client_path;

namespace {

constexpr std::string_view unstable = "/_matrix/client/unstable/uk.tcpip.msc4133";
constexpr std::size_t longest_name = 255;

// The grammar of common namespaced identifiers (appendices), which needs at least two parts here.
bool is_field_name(std::string_view name) {
    if (name == "displayname" || name == "avatar_url") return true;
    if (name.size() > longest_name || name.find('.') == std::string_view::npos) return false;
    bool begins = true;
    for (char const c : name) {
        bool const letter = c >= 'a' && c <= 'z';
        bool const other = (c >= '0' && c <= '9') || c == '_';
        if (c == '.') {
            if (begins) return false;
            begins = true;
        } else if (letter || (other && !begins)) {
            begins = false;
        } else {
            return false;
        }
    }
    return !begins;
}

error no_name(std::string const& name) { return error(error_kind::invalid, "a profile has no field \"" + name + "\""); }

result<user_profile> profile_from(json::object const& said) {
    user_profile found;
    found.display_name = detail::text_of(said, "displayname");
    found.avatar_url = detail::text_of(said, "avatar_url");
    found.time_zone = detail::text_of(said, "m.tz");
    found.raw = detail::keep(said);
    return found;
}

// Homeservers before the specification had more fields know them by an unstable path, or not at all.
asio::awaitable<result<void>> change(detail::runtime& of, call newer, call older) {
    auto const answer = co_await ask(of, feature::profile_fields, std::move(newer), std::move(older));
    if (!answer) co_return answer.error();
    co_return result<void>();
}

}  // namespace

asio::awaitable<result<user_profile>> profile::get(user_id user) const {
    auto request = call::get(client_path({"profile", user.str()})).named("asking for the profile of " + user.str());
    return detail::ask_for<user_profile>(*runtime_, std::move(request), profile_from);
}

asio::awaitable<result<void>> profile::set_display_name(std::string name) const {
    json::object body;
    body["displayname"] = std::move(name);
    return tell(*runtime_, call::put(client_path({"profile", runtime_->user.str(), "displayname"})).body(body).named("setting our name"));
}

asio::awaitable<result<void>> profile::set_avatar(std::string mxc) const {
    json::object body;
    body["avatar_url"] = std::move(mxc);
    return tell(*runtime_, call::put(client_path({"profile", runtime_->user.str(), "avatar_url"})).body(body).named("setting our avatar"));
}

asio::awaitable<result<void>> profile::set_field(std::string name, json::value const& content) const {
    if (!is_field_name(name)) return detail::refuse<void>(no_name(name));
    json::object body;
    body[name] = content;
    auto const us = runtime_->user.str();
    auto newer = call::put(client_path({"profile", us, name})).body(body).named("setting a profile field");
    auto older = call::put(detail::path_below(unstable, {"profile", us, name})).body(body).named("setting a profile field");
    return change(*runtime_, std::move(newer), std::move(older));
}

asio::awaitable<result<void>> profile::remove_field(std::string name) const {
    if (!is_field_name(name)) return detail::refuse<void>(no_name(name));
    auto const us = runtime_->user.str();
    auto newer = call::remove(client_path({"profile", us, name})).named("removing a profile field");
    auto older = call::remove(detail::path_below(unstable, {"profile", us, name})).named("removing a profile field");
    return change(*runtime_, std::move(newer), std::move(older));
}

profile client::profile() const { return matrix::profile(*runtime_); }

}  // namespace chatrixcd::matrix
