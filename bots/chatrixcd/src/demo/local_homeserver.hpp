// SPDX-License-Identifier: Apache-2.0
// The demo's homeserver on a loopback port, with an account for the person and one for the bot.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <memory>
#include <string>

#include <chatrixcd/base/http_server.hpp>
#include <chatrixcd/base/secret.hpp>
#include <chatrixcd/homeserver/server.hpp>

namespace chatrixcd::bot {

class local_homeserver {
public:
    local_homeserver(boost::asio::any_io_executor executor, base::clock& time, base::random& entropy, std::string folder);

    // Opens homeserver.db in the folder and listens; port 0: any free one. Errors: environment.
    boost::asio::awaitable<base::result<void>> start(std::uint16_t port);
    // Makes the account if it is not there. Its password is kept in the file FOLDER/LOCALPART.password (0600) and returned.
    boost::asio::awaitable<base::result<base::secret>> account(std::string localpart);
    boost::asio::awaitable<void> stop();

    std::uint16_t port() const noexcept { return listener_->port(); }
    std::string url() const { return "http://127.0.0.1:" + std::to_string(port()); }
    std::string password_file(std::string const& localpart) const { return folder_ + "/" + localpart + ".password"; }
    std::string const& name() const noexcept { return server_->server_name(); }

private:
    boost::asio::any_io_executor executor_;
    base::clock* time_;
    base::random* entropy_;
    std::string folder_;
    std::unique_ptr<homeserver::server> server_;
    std::unique_ptr<base::http::server> listener_;
};

}  // namespace chatrixcd::bot
