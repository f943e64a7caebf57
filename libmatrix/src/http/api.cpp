// SPDX-License-Identifier: Apache-2.0
#include "http/api.hpp"

#include <boost/json/object.hpp>

#include "http/answer.hpp"
#include "http/retry.hpp"
#include "session/session.hpp"

namespace chatrixcd::matrix::detail {

namespace asio = boost::asio;

namespace {

// An answer beyond its cap is no answer: only a refusal of the homeserver's own may say that what we send is too large.
base::error unanswered(base::error why, std::string const& what) {
    if (why.kind() != base::error_kind::too_large) return why;
    return base::error(base::error_kind::protocol, what + " was answered with too much: " + why.message());
}

}  // namespace

api::api(base::http::transport& transport, session& who, base::clock& time, base::random& random)
    : transport_(&transport), session_(&who), time_(&time), random_(&random) {}

asio::awaitable<base::result<base::http::response>> api::exchange(call c) {
    for (;;) {  // the session ends it, with an error, when new tokens do not help
        co_await session_->keep_fresh();
        // The token is read at each attempt: another coroutine may have renewed it meanwhile.
        base::secret const token = session_->token();
        auto request = c.request(session_->base_url()).with_bearer(token.reveal());
        auto response = co_await transport_->send(std::move(request));
        // Of a medium it is the caller who said how long it may be.
        if (!response && !c.has_sink()) co_return unanswered(response.error(), c.name());
        if (!response || !is_refused_token(*response)) co_return response;
        bool const soft = is_soft_logout(*response);
        auto fresh = co_await session_->renew(token, soft);
        if (!fresh) co_return fresh.error();
    }
}

asio::awaitable<base::result<boost::json::object>> api::once(call c) {
    auto const name = c.name();
    auto const response = co_await exchange(std::move(c));
    if (!response) co_return response.error();
    co_return read_answer(*response, name);
}

asio::awaitable<base::result<std::string>> api::once_unread(call c) {
    auto const name = c.name();
    auto response = co_await exchange(std::move(c));
    if (!response) co_return response.error();
    if (response->status < 200 || response->status > 299) co_return read_answer(*response, name).error();
    co_return std::move(response->body);
}

asio::awaitable<base::result<boost::json::object>> api::request(call c) {
    base::retry attempts(*random_, *time_);
    for (;;) {
        auto answer = co_await once(c);
        if (answer) co_return answer;
        auto const delay = attempts.next(answer.error(), c.repeatable());
        if (!delay) co_return answer;
        co_await time_->sleep(*delay);
    }
}

asio::awaitable<base::result<std::string>> api::request_unread(call c) {
    base::retry attempts(*random_, *time_);
    for (;;) {
        auto answer = co_await once_unread(c);
        if (answer) co_return answer;
        auto const delay = attempts.next(answer.error(), c.repeatable());
        if (!delay) co_return answer;
        co_await time_->sleep(*delay);
    }
}

asio::awaitable<void> api::relocate() { co_await session_->relocate(); }

}  // namespace chatrixcd::matrix::detail
