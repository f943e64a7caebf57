// SPDX-License-Identifier: Apache-2.0
// Login, registration, refresh, logout (client-server API, "Legacy API").
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <chatrixcd/base/json_reader.hpp>

#include "accounts/registration.hpp"
#include "api/endpoints.hpp"
#include "api/refusal.hpp"
#include "keys/device_list.hpp"
#include "store/accounts.hpp"

namespace chatrixcd::homeserver {

namespace asio = boost::asio;
namespace json = boost::json;
using base::http::method;

namespace {

void describe(service const& in, session_tokens const& tokens, json::object& into) {
    into["access_token"] = tokens.access;
    if (!tokens.refresh) return;
    into["refresh_token"] = *tokens.refresh;
    into["expires_in_ms"] = in.options.access_token_lifetime.count();
}

json::object describe(service const& in, opened_session const& opened) {
    json::object body;
    body["user_id"] = opened.made.user.str();
    body["home_server"] = in.server.name.str();
    body["device_id"] = opened.made.device.str();
    describe(in, opened.tokens, body);
    return body;
}

asio::awaitable<result<answer>> login(service& in, call c) {
    if (base::find_string(c.body, "type") != "m.login.password") co_return bad_request("M_UNKNOWN", "only m.login.password is known");
    auto user = read_identifier(in, c.body);
    if (!user) co_return user.error();
    auto given = base::find_string(c.body, "password");
    if (!given) co_return missing_param("the password is missing");
    auto wish = device_wish::read(c.body);
    if (!wish) co_return wish.error();
    auto right = co_await is_password_of(in, user.value(), base::secret(std::move(*given)));
    if (!right) co_return right.error();
    if (!right.value()) co_return forbidden("the user name or the password is wrong");
    auto opened = co_await make_session(in, protocol::user_id(std::move(user.value())), std::move(wish.value()));
    if (!opened) co_return opened.error();
    co_return answer(describe(in, opened.value()));
}

// User-interactive authentication with the one stage m.login.dummy.
answer ask_for_dummy_stage(service& in) {
    json::object flow;
    flow["stages"] = json::array{"m.login.dummy"};
    json::object body;
    body["flows"] = json::array{std::move(flow)};
    body["params"] = json::object();
    body["session"] = in.options.random_source->token(24);
    return {401, std::move(body)};
}

bool is_set(json::object const& body, std::string_view key) {
    auto const* flag = body.if_contains(key);
    return flag != nullptr && flag->is_bool() && flag->get_bool();
}

asio::awaitable<result<answer>> register_account(service& in, call c) {
    if (!in.options.open_registration) co_return forbidden("this server makes no accounts on request");
    if (c.query("kind").value_or("user") != "user") co_return forbidden("this server has no guests");
    auto const* auth = base::find_object(c.body, "auth");
    if (auth == nullptr || base::find_string(*auth, "type") != "m.login.dummy") co_return ask_for_dummy_stage(in);
    auto localpart = base::find_string(c.body, "username");
    if (!localpart) localpart = "u" + std::to_string(in.options.random_source->below(1000000000));
    auto password = base::find_string(c.body, "password");
    if (!password) co_return missing_param("the password is missing");
    auto wish = device_wish::read(c.body);
    if (!wish) co_return wish.error();

    auto user = co_await make_account(in, std::move(*localpart), base::secret(std::move(*password)));
    if (!user) co_return user.error();
    if (is_set(c.body, "inhibit_login")) {
        json::object body;
        body["user_id"] = user.value().str();
        body["home_server"] = in.server.name.str();
        co_return answer(std::move(body));
    }
    auto opened = co_await make_session(in, std::move(user.value()), std::move(wish.value()));
    if (!opened) co_return opened.error();
    co_return answer(describe(in, opened.value()));
}

asio::awaitable<result<answer>> is_available(service& in, call c) {
    auto const name = c.query("username");
    if (!name) co_return missing_param("username is missing");
    auto user = new_user_id(in, *name);
    if (!user) co_return user.error();
    std::function<result<answer>(step&)> look = [name = user.value().str()](step& s) -> result<answer> {
        if (account_exists(s.db, name)) return bad_request("M_USER_IN_USE", "this user name is taken");
        json::object body;
        body["available"] = true;
        return answer(std::move(body));
    };
    co_return co_await in.run(std::move(look));
}

asio::awaitable<result<answer>> refresh(service& in, call c) {
    auto old = base::find_string(c.body, "refresh_token");
    if (!old) co_return missing_param("refresh_token is missing");
    auto const fresh = draw_tokens(in, /*refresh=*/true);
    std::function<result<answer>(step&)> exchange = [&in, fresh, old = std::move(*old)](step& s) -> result<answer> {
        auto const session = refresh_session(s.db, old, fresh);
        if (!session) return unknown_token("this refresh token is not known, or was used up");
        json::object body;
        describe(in, fresh, body);
        return answer(std::move(body));
    };
    co_return co_await in.run(std::move(exchange));
}

result<answer> login_flows(step&, call&) {
    json::object flow;
    flow["type"] = "m.login.password";
    json::object body;
    body["flows"] = json::array{std::move(flow)};
    return answer(std::move(body));
}

result<answer> log_out(step& s, call& c) {
    remove_device(s, c.user.str(), c.device);
    return answer();
}

result<answer> log_out_everywhere(step& s, call& c) {
    remove_devices(s, c.user.str());
    return answer();
}

result<answer> who_am_i(step&, call& c) {
    json::object body;
    body["user_id"] = c.user.str();
    body["device_id"] = c.device;
    body["is_guest"] = false;
    return answer(std::move(body));
}

}  // namespace

void add_login(service& to) {
    to.add(method::get, "/login", access::anybody, body_rule::none, login_flows);
    to.add_coroutine(method::post, "/login", body_rule::required, [&to](call c) { return login(to, std::move(c)); });
    to.add_coroutine(method::post, "/register", body_rule::required, [&to](call c) { return register_account(to, std::move(c)); });
    to.add_coroutine(method::get, "/register/available", body_rule::none, [&to](call c) { return is_available(to, std::move(c)); });
    to.add_coroutine(method::post, "/refresh", body_rule::required, [&to](call c) { return refresh(to, std::move(c)); });
    to.add(method::post, "/logout", access::user, body_rule::none, log_out);
    to.add(method::post, "/logout/all", access::user, body_rule::none, log_out_everywhere);
    to.add(method::get, "/account/whoami", access::user, body_rule::none, who_am_i);
}

}  // namespace chatrixcd::homeserver
