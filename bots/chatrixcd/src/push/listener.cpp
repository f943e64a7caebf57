// SPDX-License-Identifier: Apache-2.0
#include "push/listener.hpp"

#include <utility>

#include "config/listen_address.hpp"

namespace chatrixcd::bot {
namespace {

// Alerts have some hundred bytes.
constexpr std::size_t most_body = 64U << 10U;
constexpr std::size_t most_connections = 32;
constexpr std::chrono::seconds idle_most{10};

}  // namespace

base::result<std::unique_ptr<push_listener>> push_listener::open(boost::asio::any_io_executor executor, base::clock& time, base::logger log,
                                                                 std::string const& listen, std::vector<push_endpoint> endpoints) {
    listen_address where;
    if (auto const wrong = read_listen_address(listen, where); !wrong.empty()) {
        return base::error(base::error_kind::invalid, "push.listen: " + wrong);
    }
    for (auto const& each : endpoints) {
        if (each.webhooks) log.info("signed webhooks are taken", {{"server", each.server}, {"path", "/push/" + each.server}});
        if (each.takes_alerts) {
            log.warning("unsigned alerts are taken, and make the bot ask the server",
                        {{"server", each.server}, {"path", "/push/" + each.server + "/alert"}, {"with_token", !each.alert_token.empty()}});
        }
    }
    auto made = std::unique_ptr<push_listener>(new push_listener(time, log, std::move(endpoints)));
    base::http::server_options options;
    options.address = where.address;
    options.port = where.port;
    options.max_body = most_body;
    options.max_connections = most_connections;
    options.idle_timeout = idle_most;
    options.request_timeout = idle_most;
    auto server = base::http::listen(std::move(executor), std::move(options), made->handler_, log);
    if (!server) return base::error(server.error().kind(), "push.listen: " + server.error().describe());
    made->server_ = std::move(*server);
    log.info("listening for webhooks and alerts", {{"address", where.address}, {"port", std::int64_t{made->server_->port()}}});
    return made;
}

boost::asio::awaitable<void> push_listener::stop() { return server_->stop(std::chrono::seconds(1)); }

}  // namespace chatrixcd::bot
