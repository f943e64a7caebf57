// SPDX-License-Identifier: Apache-2.0
#include "http/connection.hpp"

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <chatrixcd/base/retry.hpp>
#include <chatrixcd/base/websocket.hpp>

#include "http/answer.hpp"

namespace chatrixcd::semaphore::detail {

namespace asio = boost::asio;
using base::error;
using base::error_kind;

namespace {

call asks_who_we_are() { return call::get("/user", "asking who we are"); }

bool is_named(std::string_view field, std::string_view name) {
    auto const lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return std::ranges::equal(field, name, {}, lower, lower);
}

// "semaphore=VALUE; Path=/" gives "semaphore=VALUE".
std::string session_cookie(base::http::response const& answer) {
    for (auto const& field : answer.headers.all()) {
        if (!is_named(field.first, "set-cookie") || !field.second.starts_with("semaphore=")) continue;
        return field.second.substr(0, field.second.find(';'));
    }
    return {};
}

error second_factor() {
    return error(error_kind::unauthorized, "the user needs a second factor to log in")
        .with_hint("use an API token instead of the password");
}

}  // namespace

connection::connection(base::http::transport& transport, base::clock& time, base::random& random, std::string server, client_options how)
    : transport_(&transport),
      time_(&time),
      random_(&random),
      server_(std::move(server)),
      how_(std::move(how)),
      places_(how_.max_requests) {}

asio::awaitable<result<boost::json::value>> connection::ask(call what) {
    auto answer = co_await answer_to(what);
    if (!answer) co_return answer.error();
    co_return read_json(*answer, what);
}

asio::awaitable<result<std::string>> connection::ask_text(call what) {
    auto answer = co_await answer_to(what);
    if (!answer) co_return answer.error();
    co_return std::move(answer->body);
}

asio::awaitable<result<void>> connection::tell(call what) {
    auto const text = co_await ask_text(std::move(what));
    if (!text) co_return text.error();
    co_return result<void>();
}

asio::awaitable<result<std::unique_ptr<base::http::websocket>>> connection::open_websocket(base::http::websocket_dialer& by) {
    auto const what = call::get("/ws", "listening for news");
    bool const by_cookie = !how_.who.is_token();
    for (bool is_fresh = false;; is_fresh = true) {
        if (by_cookie && (is_fresh || cookie_.empty())) {
            auto const logged_in = co_await log_in();
            if (!logged_in) co_return logged_in.error();
            is_fresh = true;
        }
        auto opened = co_await by.open(signed_request(what));
        if (!opened) co_return opened.error();
        if (opened->socket) co_return std::move(opened->socket);
        if (opened->refusal.status == 401 && by_cookie && !is_fresh) continue;
        auto why = refusal_in(opened->refusal, what);
        // Nothing is missing there but the WebSocket itself.
        bool const has_none = !why || why->kind() == error_kind::not_found || why->kind() == error_kind::invalid;
        if (!has_none) co_return std::move(*why);
        auto const status = std::to_string(opened->refusal.status);
        co_return error(error_kind::unsupported, "what answers for " + server_ + " opens no WebSocket (HTTP " + status + ")")
            .with_hint("a proxy before the server may not pass WebSockets on; news come by asking meanwhile");
    }
}

// A 2xx answer. What may go away is asked for again.
asio::awaitable<result<base::http::response>> connection::answer_to(call what) {
    base::retry attempts(*random_, *time_);
    for (;;) {
        auto answer = co_await attempt(what);
        auto failure = answer ? refusal_in(*answer, what) : std::optional<error>(answer.error());
        if (!failure) co_return answer;
        auto const delay = attempts.next(*failure, what.repeatable());
        if (!delay) co_return std::move(*failure);
        co_await time_->sleep(*delay);
    }
}

asio::awaitable<result<base::http::response>> connection::attempt(call what) {
    bool const by_cookie = what.needs_credentials() && !how_.who.is_token();
    bool const had_cookie = !cookie_.empty();
    if (by_cookie && !had_cookie) {
        auto const logged_in = co_await log_in();
        if (!logged_in) co_return logged_in.error();
    }
    auto answer = co_await send(signed_request(what));
    if (!answer || answer->status != 401 || !what.needs_credentials()) co_return answer;
    if (wants_second_factor(*answer)) co_return second_factor();
    if (by_cookie && had_cookie) {  // it lasts for a week without use
        auto const logged_in = co_await log_in();
        if (!logged_in) co_return logged_in.error();
        answer = co_await send(signed_request(what));
        if (!answer || answer->status != 401) co_return answer;
    }
    co_return co_await why_401(std::move(what), std::move(*answer));
}

// Semaphore refuses with 401, too, what only an administrator may do.
asio::awaitable<base::error> connection::why_401(call what, base::http::response answer) {
    auto refused = refusal_in(answer, what).value();
    auto const who = asks_who_we_are();
    if (what.path() == who.path()) co_return refused;
    auto const known = co_await send(signed_request(who));
    if (!known || known->status != 200) co_return refused;
    co_return error(error_kind::forbidden, what.name() + " is for administrators")
        .with_status(401)
        .with_hint("the token works, but its user is none");
}

asio::awaitable<result<base::http::response>> connection::send(base::http::request r) {
    auto const place = co_await places_.take();
    auto answer = co_await transport_->send(std::move(r));
    co_return answer;
}

base::http::request connection::signed_request(call const& what) const {
    auto made = what.request(server_).with_timeout(how_.timeout);
    if (!what.needs_credentials()) return made;
    if (how_.who.is_token()) {
        std::move(made).with_bearer(how_.who.value().reveal());
    } else {
        std::move(made).with_header("Cookie", cookie_.reveal());
    }
    return made;
}

asio::awaitable<result<void>> connection::log_in() {
    boost::json::object who;
    who["auth"] = how_.who.login();
    who["password"] = how_.who.value().reveal();
    auto const asked = call::post("/auth/login", "logging in").body(who).without_credentials();
    auto answer = co_await send(asked.request(server_).with_timeout(how_.timeout));
    if (!answer) co_return answer.error();
    if (answer->status == 401) {
        co_return error(error_kind::unauthorized, "the login \"" + how_.who.login() + "\" or its password is wrong").with_status(401);
    }
    auto cookie = session_cookie(*answer);
    if (auto refused = refusal_in(*answer, asked)) co_return std::move(*refused);
    if (cookie.empty())
        co_return error(error_kind::protocol, "logging in gave no session").with_hint("use an API token instead of the password");
    cookie_ = base::secret(std::move(cookie));
    co_return result<void>();
}

}  // namespace chatrixcd::semaphore::detail
