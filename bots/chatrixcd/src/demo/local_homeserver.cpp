// SPDX-License-Identifier: Apache-2.0
#include "demo/local_homeserver.hpp"

#include <chatrixcd/base/files.hpp>

namespace chatrixcd::bot {

using boost::asio::awaitable;

local_homeserver::local_homeserver(boost::asio::any_io_executor executor, base::clock& time, base::random& entropy, std::string folder)
    : executor_(std::move(executor)), time_(&time), entropy_(&entropy), folder_(std::move(folder)) {}

awaitable<base::result<void>> local_homeserver::start(std::uint16_t port) {
    homeserver::server_options options(*time_, *entropy_);
    options.server_name = "demo.local";
    options.store_path = folder_ + "/homeserver.db";
    auto opened = co_await homeserver::server::open(executor_, std::move(options));
    if (!opened) co_return opened.error();
    server_ = std::move(*opened);
    base::http::server_options where;
    where.port = port;
    auto listening = base::http::listen(executor_, std::move(where), *server_);
    if (!listening) co_return listening.error();
    listener_ = std::move(*listening);
    co_return base::result<void>();
}

awaitable<base::result<base::secret>> local_homeserver::account(std::string localpart) {
    std::string const file = password_file(localpart);
    auto known = base::secret::from_file(file);
    base::secret password = known ? *known : base::secret(entropy_->token(22));
    if (!known) {
        auto written = base::write_file(file, password.reveal());
        if (!written) co_return written.error();
    }
    auto made = co_await server_->register_user(std::move(localpart), password);
    if (!made && made.error().kind() != base::error_kind::conflict) co_return made.error();
    co_return password;
}

awaitable<void> local_homeserver::stop() {
    if (server_) co_await server_->stop();
    if (listener_) co_await listener_->stop(std::chrono::seconds(1));
}

}  // namespace chatrixcd::bot
