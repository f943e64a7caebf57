// SPDX-License-Identifier: Apache-2.0
#include "requests/ask.hpp"

#include "client/runtime.hpp"
#include "http/answer.hpp"

namespace chatrixcd::matrix::detail {

namespace asio = boost::asio;

namespace {

result<void> without_content(result<boost::json::object> const& answer) {
    if (!answer) return answer.error();
    return {};
}

}  // namespace

error unsupported(feature which) {
    return error(error_kind::unsupported, "the homeserver does not support " + std::string(to_string(which)));
}

error incomplete(std::string_view what) { return error(error_kind::protocol, std::string(what)); }

asio::awaitable<result<boost::json::object>> ask(runtime& of, call what) {
    if (auto const ready = of.ready(); !ready) co_return ready.error();
    co_return co_await of.api().request(std::move(what));
}

asio::awaitable<result<void>> tell(runtime& of, call what) {
    auto const answer = co_await ask(of, std::move(what));
    co_return without_content(answer);
}

asio::awaitable<result<boost::json::object>> ask(runtime& of, feature which, call what) {
    if (auto const ready = of.ready(); !ready) co_return ready.error();
    if (of.features().is_missing(which, of.uptime())) co_return unsupported(which);
    auto answer = co_await of.api().request(std::move(what));
    if (answer || !is_unknown_endpoint(answer.error())) co_return answer;
    of.features().miss(which, answer.error(), of.uptime());
    co_return unsupported(which).with_status(answer.error().http_status()).with_errcode(answer.error().errcode());
}

asio::awaitable<result<void>> tell(runtime& of, feature which, call what) {
    auto const answer = co_await ask(of, which, std::move(what));
    co_return without_content(answer);
}

asio::awaitable<result<boost::json::object>> ask(runtime& of, feature which, call what, call older) {
    auto answer = co_await ask(of, which, std::move(what));
    if (answer || answer.error().kind() != error_kind::unsupported) co_return answer;
    auto second = co_await of.api().request(std::move(older));
    if (!second && is_unknown_endpoint(second.error())) co_return answer.error();
    co_return second;
}

}  // namespace chatrixcd::matrix::detail
