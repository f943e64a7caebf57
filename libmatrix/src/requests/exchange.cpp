// SPDX-License-Identifier: Apache-2.0
#include "requests/exchange.hpp"

#include <boost/json/object.hpp>

#include <chatrixcd/base/retry.hpp>

#include "client/runtime.hpp"
#include "http/answer.hpp"
#include "requests/stall.hpp"

namespace chatrixcd::matrix::detail {

namespace asio = boost::asio;

namespace {

// Why another attempt might do better.
std::optional<error> failure_of(result<base::http::response> const& response, std::string const& name) {
    if (!response) return response.error();
    if (response->status < 400 || response->status == 401) return std::nullopt;
    auto const read = read_answer(*response, name);
    if (read || read.error().errcode() == "M_NOT_YET_UPLOADED") return std::nullopt;
    return read.error();
}

asio::awaitable<result<base::http::response>> attempt_once(runtime& of, call what, std::optional<movement> watched) {
    auto const name = what.name();
    auto attempt = of.api().exchange(std::move(what));
    if (!watched) co_return co_await std::move(attempt);
    auto response = co_await while_it_moves(of.with().time, std::move(attempt), watched->span, watched->moved);
    if (!response) co_return error(error_kind::timeout_unknown, name + " does not move any more");
    co_return std::move(*response);
}

}  // namespace

asio::awaitable<result<base::http::response>> exchange(runtime& of, call what, std::optional<movement> watched) {
    if (auto const ready = of.ready(); !ready) co_return ready.error();
    base::retry attempts(of.with().random, of.with().time);
    for (;;) {
        auto response = co_await attempt_once(of, what, watched);
        auto const why = failure_of(response, what.name());
        if (!why) co_return response;
        auto const delay = attempts.next(*why, what.repeatable());
        if (!delay) co_return response;
        co_await of.with().time.sleep(*delay);
    }
}

}  // namespace chatrixcd::matrix::detail
