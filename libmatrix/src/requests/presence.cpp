// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/matrix/presence.hpp>

#include "client/runtime.hpp"
#include "requests/ask.hpp"
#include "requests/read.hpp"

namespace chatrixcd::matrix {

namespace asio = boost::asio;
namespace json = boost::json;
using detail::call;
using detail::client_path;

namespace {

result<user_presence> presence_from(json::object const& said) {
    auto const word = detail::text_of(said, "presence");
    user_presence found;
    if (word == "online") {
        found.state = availability::online;
    } else if (word == "unavailable") {
        found.state = availability::unavailable;
    } else if (word != "offline") {
        return detail::incomplete("the homeserver's answer has no presence");
    }
    found.status = detail::text_of(said, "status_msg");
    if (auto const ago = base::find_integer(said, "last_active_ago"); ago && *ago >= 0) found.last_active_ago = base::duration(*ago);
    found.currently_active = detail::flag_of(said, "currently_active");
    found.raw = detail::keep(said);
    return found;
}

}  // namespace

std::string_view to_string(availability a) noexcept {
    switch (a) {
        case availability::offline:
            return "offline";
        case availability::unavailable:
            return "unavailable";
        case availability::online:
            return "online";
    }
    return "offline";
}

asio::awaitable<result<user_presence>> presence::get(user_id user) const {
    auto request = call::get(client_path({"presence", user.str(), "status"})).named("asking for the presence of " + user.str());
    return detail::ask_for<user_presence>(*runtime_, feature::presence, std::move(request), presence_from);
}

asio::awaitable<result<void>> presence::set(availability state, std::string status) const {
    json::object body;
    body["presence"] = to_string(state);
    if (!status.empty()) body["status_msg"] = std::move(status);
    auto request = call::put(client_path({"presence", runtime_->user.str(), "status"})).body(body).named("setting our presence");
    return tell(*runtime_, feature::presence, std::move(request));
}

presence client::presence() const { return matrix::presence(*runtime_); }

}  // namespace chatrixcd::matrix
