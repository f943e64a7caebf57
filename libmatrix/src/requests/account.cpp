// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/matrix/account.hpp>

#include "client/runtime.hpp"
#include "requests/ask.hpp"
#include "requests/confirm.hpp"
#include "requests/read.hpp"

namespace chatrixcd::matrix {

namespace asio = boost::asio;
namespace json = boost::json;
using detail::call;
using detail::client_path;

namespace {

using tag_map = std::map<std::string, std::optional<double>>;

result<tag_map> tags_from(json::object const& answer) {
    auto const* tags = base::find_object(answer, "tags");
    if (tags == nullptr) return detail::incomplete("the list of tags has no tags");
    tag_map found;
    for (auto const& [name, item] : *tags) {
        auto const* said = item.if_object();
        auto const* order = said != nullptr ? said->if_contains("order") : nullptr;
        std::optional<double> place;
        if (order != nullptr && order->is_number()) place = order->to_number<double>();
        found.emplace(name, place);
    }
    return found;
}

result<open_id_token> token_from(json::object const& answer) {
    open_id_token found;
    found.access_token = secret(detail::text_of(answer, "access_token"));
    found.token_type = detail::text_of(answer, "token_type");
    found.server = detail::text_of(answer, "matrix_server_name");
    if (found.access_token.empty() || found.server.empty()) return detail::incomplete("the homeserver gave no OpenID token");
    found.expires_in = std::chrono::seconds(base::find_integer(answer, "expires_in").value_or(0));
    found.raw = detail::keep(answer);
    return found;
}

std::string tag_path(detail::runtime& of, room_id const& room, std::string_view tag) {
    return client_path({"user", of.user.str(), "rooms", room.str(), "tags", tag});
}

asio::awaitable<result<void>> end_everything(detail::runtime& of) {
    auto request = call::post(client_path({"logout", "all"})).again().named("logging out everywhere");
    auto const done = co_await tell(of, std::move(request));
    if (!done && done.error().kind() != error_kind::unauthorized) co_return done;
    co_return co_await of.session().log_out();
}

}  // namespace

asio::awaitable<result<tag_map>> account::tags(room_id room) const {
    auto request = call::get(client_path({"user", runtime_->user.str(), "rooms", room.str(), "tags"})).named("listing the room's tags");
    return detail::ask_for<tag_map>(*runtime_, feature::tags, std::move(request), tags_from);
}

asio::awaitable<result<void>> account::set_tag(room_id room, std::string tag, std::optional<double> order) const {
    json::object body;
    if (order) body["order"] = *order;
    return tell(*runtime_, feature::tags, call::put(tag_path(*runtime_, room, tag)).body(body).named("tagging the room"));
}

asio::awaitable<result<void>> account::remove_tag(room_id room, std::string tag) const {
    return tell(*runtime_, feature::tags, call::remove(tag_path(*runtime_, room, tag)).named("removing the room's tag"));
}

asio::awaitable<result<void>> account::change_password(secret to, bool log_out_other_devices, uia::answers confirmed_by) const {
    json::object body;
    body["new_password"] = to.reveal();
    body["logout_devices"] = log_out_other_devices;
    auto request = call::post(client_path({"account", "password"})).named("changing the password");
    return confirm(*runtime_, feature::password_change, std::move(request), std::move(body), std::move(confirmed_by));
}

asio::awaitable<result<void>> account::log_out_everywhere() const { return end_everything(*runtime_); }

asio::awaitable<result<open_id_token>> account::open_id() const {
    auto request = call::post(client_path({"user", runtime_->user.str(), "openid", "request_token"})).named("asking for an OpenID token");
    return detail::ask_for<open_id_token>(*runtime_, feature::open_id, std::move(request), token_from);
}

account client::account() const { return matrix::account(*runtime_); }

}  // namespace chatrixcd::matrix
