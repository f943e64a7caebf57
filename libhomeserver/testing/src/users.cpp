// SPDX-License-Identifier: Apache-2.0
#include "users.hpp"

#include <boost/json/object.hpp>

#include <chatrixcd/base/json_reader.hpp>

namespace chatrixcd::homeserver::testing::detail {

namespace asio = boost::asio;
namespace http = base::http;

namespace {

constexpr std::size_t most_tokens = 4096;

}  // namespace

std::string token_of(http::request const& r) { return r.headers.get("Authorization").value_or(std::string()); }

asio::awaitable<std::string> users::whose(http::request const& r) {
    auto authorization = token_of(r);
    std::string user;
    if (authorization.empty()) {
        user = who_logs_in(r);
    } else {
        user = co_await owner_of(std::move(authorization));
    }
    co_return user;
}

asio::awaitable<std::string> users::owner_of(std::string authorization) {
    auto const found = known_.find(authorization);
    if (found != known_.end()) co_return found->second;
    http::request ask(http::method::get, "/_matrix/client/v3/account/whoami");
    ask.headers.set("Authorization", authorization);
    auto const said = co_await server_.handle(std::move(ask));
    std::string user;
    if (said.status != 200) co_return user;
    if (auto const body = base::parse_json_object(said.body)) user = base::find_string(*body, "user_id").value_or(std::string());
    if (user.empty()) co_return user;
    if (known_.size() == most_tokens) known_.clear();
    known_.emplace(std::move(authorization), user);
    server_name_ = user.substr(user.find(':') + 1);
    co_return user;
}

std::string users::who_logs_in(http::request const& r) const {
    if (r.verb != http::method::post || !r.path().ends_with("/login")) return {};
    auto const body = base::parse_json_object(r.body);
    if (!body) return {};
    auto const* identifier = base::find_object(*body, "identifier");
    auto const named = base::find_string(identifier == nullptr ? *body : *identifier, "user").value_or(std::string());
    if (named.starts_with('@') || named.empty()) return named;
    return "@" + named + ":" + server_name_;
}

}  // namespace chatrixcd::homeserver::testing::detail
