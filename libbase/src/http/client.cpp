// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <boost/asio/awaitable.hpp>
#include <string>
#include <utility>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/base/files.hpp>
#include <chatrixcd/base/http_client.hpp>
#include <chatrixcd/base/timeout.hpp>
#include <chatrixcd/base/url.hpp>

#include "http/attempt.hpp"
#include "http/byte_stream.hpp"
#include "http/connection_pool.hpp"
#include "http/connector.hpp"
#include "http/tunnel.hpp"
#include "http/wire.hpp"

namespace chatrixcd::base::http {

namespace {

namespace asio = boost::asio;

// RFC 9110, 9.2.2: a request that may be sent a second time when the first one's fate is unknown.
bool is_idempotent(method verb) { return verb != method::post && verb != method::patch; }

class client final : public transport {
public:
    client(asio::any_io_executor executor, client_options options, logger log)
        : options_(std::move(options)),
          log_(std::move(log)),
          time_(make_system_clock()),
          connector_(std::move(executor), *time_, {options_.ca_file, options_.certificate_file, options_.key_file}, options_.user_agent),
          pool_(*time_, options_.idle_timeout, options_.max_idle_connections) {
        if (!options_.key_file.empty() && is_readable_by_others(options_.key_file))
            log_.warning("others can read the key of the client certificate; make it 0600", {{"file", options_.key_file}});
    }

    asio::awaitable<result<response>> send(request r) override {
        auto const target = parse_url(r.url);
        if (!target) co_return target.error();
        auto const* const proxy = options_.proxy.proxy_for(*target);
        auto head = request_head(r, *target, options_.user_agent, target->tls ? nullptr : proxy);
        if (!head) co_return head.error();
        auto const limit = r.timeout;
        origin where;
        where.tls = target->tls;
        where.host = target->host;
        where.port = target->port;
        if (proxy != nullptr) where.proxy = proxy->name();
        outgoing call(std::move(r), std::move(where), std::move(*head));

        auto const connect_limit = std::min(limit, options_.connect_timeout);
        auto answer = co_await with_timeout(*time_, exchange(call, proxy, connect_limit), limit);
        if (!answer) co_return call.failed("did not answer in " + std::to_string(limit.count()) + " ms");
        // Only a proxy answers so, and it has passed nothing on.
        bool const refused = *answer && (*answer)->status == 407 && proxy != nullptr && !target->tls;
        if (refused) co_return proxy_wants_credentials(*proxy);
        co_return std::move(*answer);
    }

private:
    asio::awaitable<result<response>> exchange(outgoing& call, proxy_server const* proxy, duration connect_limit) {
        auto stream = pool_.take(call.where);
        if (stream) {
            attempt first(call, *stream);
            auto answer = co_await first.run();
            if (first.keep_alive()) pool_.put(call.where, std::move(stream));
            // The peer may close an idle connection at the moment when we use it: that says nothing about the request.
            bool const stale = first.lost_connection() && !first.answered() && (is_idempotent(call.verb) || !first.sent());
            if (!stale) co_return std::move(answer);
            log_.debug("a kept connection was dead, trying a new one", {{"host", call.where.host}});
        }
        auto opened = co_await connector_.connect(call.where, proxy, connect_limit);
        if (!opened && call.sent) co_return call.failed("closed the connection, and then: " + opened.error().message());
        if (!opened) co_return opened.error();
        stream = std::move(*opened);
        attempt fresh(call, *stream);
        auto answer = co_await fresh.run();
        if (fresh.keep_alive()) pool_.put(call.where, std::move(stream));
        co_return std::move(answer);
    }

    client_options options_;
    logger log_;
    std::unique_ptr<clock> time_;
    connector connector_;
    connection_pool pool_;
};

}  // namespace

std::unique_ptr<transport> make_client(asio::any_io_executor executor, client_options options, logger log) {
    return std::make_unique<client>(std::move(executor), std::move(options), std::move(log));
}

}  // namespace chatrixcd::base::http
