// SPDX-License-Identifier: Apache-2.0
// Login, registration, logout, devices (client-server API, "Client Authentication").
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <chatrixcd/base/json_reader.hpp>
#include <chatrixcd/base/worker_pool.hpp>

#include "accounts/password.hpp"
#include "accounts/registration.hpp"
#include "api/endpoints.hpp"
#include "api/refusal.hpp"
#include "store/accounts.hpp"

namespace chatrixcd::homeserver {

namespace asio = boost::asio;
namespace json = boost::json;
using base::http::method;

namespace {

json::object describe(service const& in, registered const& made) {
    json::object body;
    body["user_id"] = made.user.str();
    body["home_server"] = in.server.name.str();
    body["device_id"] = made.device.str();
    body["access_token"] = made.access_token.reveal();
    return body;
}

// The user that a login names: "identifier", or its older spelling "user"; a full id or a localpart.
result<std::string> read_identifier(service const& in, json::object const& body) {
    auto name = base::find_string(body, "user");
    if (auto const* identifier = base::find_object(body, "identifier")) {
        if (base::find_string(*identifier, "type") != "m.id.user") return bad_request("M_UNKNOWN", "only identifiers m.id.user are known");
        name = base::find_string(*identifier, "user");
    }
    if (!name) return missing_param("the user is missing");
    if (name->starts_with('@')) return std::move(*name);
    return "@" + *name + ":" + in.server.name.str();
}

asio::awaitable<result<std::string>> stored_password(service& in, std::string user) {
    auto const hash = std::make_shared<std::string>();
    std::function<result<answer>(step&)> find = [user = std::move(user), hash](step& s) {
        if (auto const found = find_account(s.db, user)) *hash = found->password;
        return result<answer>(answer());
    };
    auto found = co_await in.run(std::move(find));
    if (!found) co_return found.error();
    co_return std::move(*hash);
}

asio::awaitable<result<answer>> login(service& in, call c) {
    if (base::find_string(c.body, "type") != "m.login.password") co_return bad_request("M_UNKNOWN", "only m.login.password is known");
    auto user = read_identifier(in, c.body);
    if (!user) co_return user.error();
    auto given = base::find_string(c.body, "password");
    if (!given) co_return missing_param("the password is missing");
    auto wish = device_wish::read(c.body);
    if (!wish) co_return wish.error();

    auto stored = co_await stored_password(in, user.value());
    if (!stored) co_return stored.error();
    auto password = base::secret(std::move(*given));
    // For a user that does not exist the same work is done, so that the time does not tell.
    auto check = [password, hash = std::move(stored.value()), cost = in.options.password_cost] {
        if (!hash.empty()) return check_password(password, hash);
        constexpr std::array<std::byte, salt_bytes> salt{};
        hash_password(password, salt, cost);
        return false;
    };
    bool const right = co_await base::offload(*in.options.workers, std::move(check));
    if (!right) co_return forbidden("the user name or the password is wrong");
    auto made = co_await make_session(in, protocol::user_id(std::move(user.value())), std::move(wish.value()));
    if (!made) co_return made.error();
    co_return answer(describe(in, made.value()));
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
    bool log_in = true;
    if (auto const* inhibit = c.body.if_contains("inhibit_login")) log_in = !(inhibit->is_bool() && inhibit->get_bool());

    auto user = co_await make_account(in, std::move(*localpart), base::secret(std::move(*password)));
    if (!user) co_return user.error();
    if (!log_in) {
        json::object body;
        body["user_id"] = user.value().str();
        body["home_server"] = in.server.name.str();
        co_return answer(std::move(body));
    }
    auto made = co_await make_session(in, std::move(user.value()), std::move(wish.value()));
    if (!made) co_return made.error();
    co_return answer(describe(in, made.value()));
}

asio::awaitable<result<answer>> is_available(service& in, call c) {
    auto user = new_user_id(in, c.query("username").value_or(""));
    if (!user) co_return user.error();
    std::function<result<answer>(step&)> look = [name = user.value().str()](step& s) -> result<answer> {
        if (account_exists(s.db, name)) return bad_request("M_USER_IN_USE", "this user name is taken");
        json::object body;
        body["available"] = true;
        return answer(std::move(body));
    };
    co_return co_await in.run(std::move(look));
}

result<answer> login_flows(step&, call&) {
    json::object flow;
    flow["type"] = "m.login.password";
    json::object body;
    body["flows"] = json::array{std::move(flow)};
    return answer(std::move(body));
}

result<answer> log_out(step& s, call& c) {
    delete_device(s.db, c.user.str(), c.device);
    s.wake(c.user.str());
    return answer();
}

result<answer> log_out_everywhere(step& s, call& c) {
    delete_devices(s.db, c.user.str());
    s.wake(c.user.str());
    return answer();
}

result<answer> who_am_i(step&, call& c) {
    json::object body;
    body["user_id"] = c.user.str();
    body["device_id"] = c.device;
    body["is_guest"] = false;
    return answer(std::move(body));
}

json::object describe(device const& one) {
    json::object body;
    body["device_id"] = one.id;
    if (one.display_name) body["display_name"] = *one.display_name;
    return body;
}

result<answer> list_devices(step& s, call& c) {
    json::array devices;
    for (auto const& one : devices_of(s.db, c.user.str())) devices.push_back(describe(one));
    json::object body;
    body["devices"] = std::move(devices);
    return answer(std::move(body));
}

result<answer> get_device(step& s, call& c) {
    for (auto const& one : devices_of(s.db, c.user.str())) {
        if (one.id == c.parameter("device")) return answer(describe(one));
    }
    return not_found("you have no such device");
}

}  // namespace

void add_accounts(service& to) {
    to.add(method::get, "/login", access::anybody, body_rule::none, login_flows);
    to.add_coroutine(method::post, "/login", body_rule::required, [&to](call c) { return login(to, std::move(c)); });
    to.add_coroutine(method::post, "/register", body_rule::required, [&to](call c) { return register_account(to, std::move(c)); });
    to.add_coroutine(method::get, "/register/available", body_rule::none, [&to](call c) { return is_available(to, std::move(c)); });
    to.add(method::post, "/logout", access::user, body_rule::none, log_out);
    to.add(method::post, "/logout/all", access::user, body_rule::none, log_out_everywhere);
    to.add(method::get, "/account/whoami", access::user, body_rule::none, who_am_i);
    to.add(method::get, "/devices", access::user, body_rule::none, list_devices);
    to.add(method::get, "/devices/{device}", access::user, body_rule::none, get_device);
}

}  // namespace chatrixcd::homeserver
