// SPDX-License-Identifier: Apache-2.0
#include <boost/asio/awaitable.hpp>

#include "requests/ask.hpp"

namespace chatrixcd::semaphore {

using boost::asio::awaitable;
using detail::call;

awaitable<result<void>> client::ping() {
    auto const text = co_await to_->ask_text(call::get("/ping", "asking whether it is a Semaphore").without_credentials());
    if (!text) co_return text.error();
    if (text->starts_with("pong")) co_return result<void>();
    co_return base::error(base::error_kind::protocol, "what answers at " + url() + " is no Semaphore")
        .with_hint("is the URL right, with its path if it has one?");
}

awaitable<result<server_info>> client::info() {
    co_return co_await detail::ask_one<server_info>(*to_, call::get("/info", "asking for the server's version"), detail::read_info);
}

awaitable<result<std::vector<app>>> client::apps() {
    co_return co_await detail::ask_list<app>(*to_, call::get("/apps", "listing the apps"), detail::read_app);
}

awaitable<result<user>> client::whoami() {
    co_return co_await detail::ask_one<user>(*to_, call::get("/user", "asking who we are"), detail::read_user);
}

awaitable<result<std::vector<runner>>> client::runners() {
    co_return co_await detail::ask_list<runner>(*to_, call::get("/runners", "listing the runners"), detail::read_runner);
}

}  // namespace chatrixcd::semaphore
