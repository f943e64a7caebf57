// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/matrix/login.hpp>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <chatrixcd/base/json_reader.hpp>

#include "http/answer.hpp"

namespace chatrixcd::matrix {

namespace asio = boost::asio;

namespace {

void read_tokens(boost::json::object const& answer, grant& into) {
    into.access_token = secret(base::find_string(answer, "access_token").value_or(std::string()));
    if (auto refresh = base::find_string(answer, "refresh_token")) into.refresh_token = secret(std::move(*refresh));
    auto const lifetime = base::find_integer(answer, "expires_in_ms");
    if (lifetime && *lifetime > 0) into.lifetime = std::chrono::milliseconds(*lifetime);
}

class password_login final : public token_source {
public:
    password_login(user_id user, secret password, bool expiring)
        : user_(std::move(user)), password_(std::move(password)), expiring_(expiring) {}

    user_id account() const override { return user_; }
    std::optional<secret> password() const override { return password_; }
    asio::awaitable<result<grant>> acquire(login_context where) override;

private:
    user_id user_;
    secret password_;
    bool expiring_;
};

asio::awaitable<result<grant>> password_login::acquire(login_context where) {
    boost::json::object identifier;
    identifier["type"] = "m.id.user";
    identifier["user"] = user_.str();
    boost::json::object body;
    body["type"] = "m.login.password";
    body["identifier"] = std::move(identifier);
    body["password"] = password_.reveal();
    body["device_id"] = where.device().str();
    body["initial_device_display_name"] = where.device_name();
    if (expiring_) body["refresh_token"] = true;
    auto const answer = co_await where.call(base::http::method::post, "/_matrix/client/v3/login", std::move(body), secret());
    if (!answer) {
        if (answer.error().kind() != error_kind::forbidden) co_return answer.error();
        co_return error(error_kind::forbidden, "the homeserver refuses the login of " + user_.str())
            .with_status(answer.error().http_status())
            .with_errcode(answer.error().errcode())
            .with_server_text(answer.error().server_text())
            .with_hint("Check the user id and the password");
    }
    grant given;
    auto user = user_id::parse(base::find_string(*answer, "user_id").value_or(std::string()));
    if (!user) co_return error(error_kind::protocol, "the login's answer names no user");
    if (*user != user_) {
        co_return error(error_kind::conflict, "the homeserver logged us in as " + user->str() + ", not as " + user_.str())
            .with_hint("Write the user id as the homeserver does");
    }
    given.user = std::move(*user);
    auto device = device_id::parse(base::find_string(*answer, "device_id").value_or(std::string()));
    if (device) given.device = std::move(*device);
    read_tokens(*answer, given);
    co_return given;
}

class fixed_token final : public token_source {
public:
    fixed_token(secret token, user_id owner) : token_(std::move(token)), owner_(std::move(owner)) {}

    user_id account() const override { return owner_; }
    asio::awaitable<result<grant>> acquire(login_context) override {
        grant given;
        given.access_token = token_;
        co_return given;
    }

private:
    secret token_;
    user_id owner_;
};

}  // namespace

namespace login {

std::shared_ptr<token_source> password(user_id user, secret password) {
    return std::make_shared<password_login>(std::move(user), std::move(password), /*expiring=*/false);
}

std::shared_ptr<token_source> password_with_refresh(user_id user, secret password) {
    return std::make_shared<password_login>(std::move(user), std::move(password), /*expiring=*/true);
}

std::shared_ptr<token_source> token(secret access_token, user_id owner) {
    return std::make_shared<fixed_token>(std::move(access_token), std::move(owner));
}

}  // namespace login

// Client-server API, "Refreshing access tokens".
asio::awaitable<result<grant>> token_source::refresh(login_context where, grant expired) {
    if (!expired.refresh_token) co_return error(error_kind::unsupported, "these tokens cannot be refreshed");
    boost::json::object body;
    body["refresh_token"] = expired.refresh_token->reveal();
    auto const answer = co_await where.call(base::http::method::post, "/_matrix/client/v3/refresh", std::move(body), secret());
    if (!answer) co_return answer.error();
    grant given;
    given.user = expired.user;
    given.device = expired.device;
    read_tokens(*answer, given);
    if (given.access_token.empty()) co_return error(error_kind::protocol, "the answer to a refresh has no access token");
    co_return given;
}

asio::awaitable<result<void>> token_source::revoke(login_context where, grant current) {
    boost::json::object nothing;
    auto const path = std::string("/_matrix/client/v3/logout");
    auto const answer = co_await where.call(base::http::method::post, path, std::move(nothing), current.access_token);
    if (!answer) co_return answer.error();
    co_return result<void>();
}

login_context::login_context(base::http::transport& transport, std::string homeserver, device_id device, std::string device_name)
    : transport_(&transport), homeserver_(std::move(homeserver)), device_(std::move(device)), device_name_(std::move(device_name)) {}

asio::awaitable<result<boost::json::object>> login_context::call(base::http::method verb, std::string path, boost::json::object body,
                                                                 secret token) const {
    auto const what = "the request to " + path;
    base::http::request request(verb, homeserver_ + path);
    if (verb != base::http::method::get) std::move(request).with_body(boost::json::serialize(body));
    if (!token.empty()) std::move(request).with_bearer(token.reveal());
    auto const response = co_await transport_->send(std::move(request));
    if (!response) co_return response.error();
    co_return detail::read_answer(*response, what);
}

}  // namespace chatrixcd::matrix
