// SPDX-License-Identifier: Apache-2.0
// How every topic asks the homeserver: only while the client runs, repeated as the policy for requests allows, and with what the
// homeserver does not know remembered. The topics' functions are no coroutines of their handles, which may be gone before the answer: they
// make the request and hand it over here.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/json/object.hpp>
#include <functional>
#include <optional>

#include <chatrixcd/matrix/features.hpp>

#include "http/call.hpp"

namespace chatrixcd::matrix::detail {

class runtime;

// The answer's object. Errors: unavailable (the client does not run), and the request's.
boost::asio::awaitable<result<boost::json::object>> ask(runtime& of, call what);
// For answers without content.
boost::asio::awaitable<result<void>> tell(runtime& of, call what);

// As above, for requests that not every homeserver knows: `unsupported` with the feature's name, then for a day without asking.
boost::asio::awaitable<result<boost::json::object>> ask(runtime& of, feature which, call what);
boost::asio::awaitable<result<void>> tell(runtime& of, feature which, call what);
// As above, with another path for homeservers that know only that.
boost::asio::awaitable<result<boost::json::object>> ask(runtime& of, feature which, call what, call older);

// Makes a value of an answer; its errors become the request's.
template <class T>
using reader = std::function<result<T>(boost::json::object const&)>;

template <class T>
boost::asio::awaitable<result<T>> ask_for(runtime& of, call what, reader<T> read) {
    auto const answer = co_await ask(of, std::move(what));
    if (!answer) co_return answer.error();
    co_return read(*answer);
}

template <class T>
boost::asio::awaitable<result<T>> ask_for(runtime& of, feature which, call what, reader<T> read) {
    auto const answer = co_await ask(of, which, std::move(what));
    if (!answer) co_return answer.error();
    co_return read(*answer);
}

template <class T>
boost::asio::awaitable<result<T>> ask_for(runtime& of, feature which, call what, call older, reader<T> read) {
    auto const answer = co_await ask(of, which, std::move(what), std::move(older));
    if (!answer) co_return answer.error();
    co_return read(*answer);
}

// For what needs no request to be refused.
template <class T>
boost::asio::awaitable<result<T>> refuse(error why) {
    co_return why;
}

// The error for it.
error unsupported(feature which);
// For answers without what the specification promises: "the list of members has no members".
error incomplete(std::string_view what);

}  // namespace chatrixcd::matrix::detail
