// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <string>
#include <utility>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/base/http_client.hpp>
#include <chatrixcd/base/timeout.hpp>
#include <chatrixcd/base/url.hpp>

#include "http/byte_stream.hpp"
#include "http/connection_pool.hpp"
#include "http/connector.hpp"
#include "http/response_reader.hpp"
#include "http/wire.hpp"

namespace chatrixcd::base::http {

namespace {

namespace asio = boost::asio;

constexpr std::size_t read_size = 16U << 10U;

// RFC 9110, 9.2.2: a request that may be sent a second time when the first one's fate is unknown.
bool is_idempotent(method verb) { return verb != method::post && verb != method::patch; }

// One call of send(), over all its attempts.
struct outgoing {
    outgoing(request const& r, url const& target)
        : verb(r.verb), where{target.tls, target.host, target.port}, max_response(r.max_response) {}
    method verb;
    origin where;
    std::size_t max_response;
    std::string bytes;  // header and body
    bool sent = false;  // something of it may have left this machine
};

// One attempt on one connection.
struct attempt {
    bool sent = false;
    bool answered = false;
    bool keep_alive = false;
};

class client final : public transport {
public:
    client(asio::any_io_executor executor, client_options options, logger log)
        : options_(std::move(options)),
          log_(std::move(log)),
          time_(make_system_clock()),
          connector_(std::move(executor), *time_, options_.ca_file),
          pool_(*time_, options_.idle_timeout, options_.max_idle_connections) {}

    asio::awaitable<result<response>> send(request r) override {
        auto const target = parse_url(r.url);
        if (!target) co_return target.error();
        auto head = request_head(r, *target, options_.user_agent);
        if (!head) co_return head.error();
        outgoing call(r, *target);
        call.bytes = std::move(*head);
        call.bytes += r.body;
        r.body = std::string();

        auto const connect_limit = std::min(r.timeout, options_.connect_timeout);
        auto answer = co_await with_timeout(*time_, exchange(call, connect_limit), r.timeout);
        if (!answer) co_return failed(call, "did not answer in " + std::to_string(r.timeout.count()) + " ms");
        co_return std::move(*answer);
    }

private:
    // What went wrong with a call decides, by whether anything of it was sent, if it may have been executed.
    static error failed(outgoing const& call, std::string const& what) {
        auto const kind = call.sent ? error_kind::timeout_unknown : error_kind::unavailable;
        return error(kind, call.where.host + " port " + std::to_string(call.where.port) + " " + what);
    }

    asio::awaitable<result<response>> exchange(outgoing& call, duration connect_limit) {
        auto stream = pool_.take(call.where);
        if (stream) {
            attempt first;
            auto answer = co_await try_once(call, *stream, first);
            if (first.keep_alive) pool_.put(call.where, std::move(stream));
            // The peer may close an idle connection at the moment when we use it: that says nothing about the request.
            bool const stale = !answer && !first.answered && (is_idempotent(call.verb) || !first.sent);
            if (!stale) co_return std::move(answer);
            log_.debug("a kept connection was dead, trying a new one", {{"host", call.where.host}});
        }
        auto opened = co_await connector_.connect(call.where, connect_limit);
        if (!opened && call.sent) co_return failed(call, "closed the connection, and then: " + opened.error().message());
        if (!opened) co_return opened.error();
        stream = std::move(*opened);
        attempt fresh;
        auto answer = co_await try_once(call, *stream, fresh);
        if (fresh.keep_alive) pool_.put(call.where, std::move(stream));
        co_return std::move(answer);
    }

    asio::awaitable<result<response>> try_once(outgoing& call, byte_stream& stream, attempt& state) {
        bool const sent_before = call.sent;
        // Set before the write, which may be cut with some of it gone.
        call.sent = state.sent = true;
        auto const written = co_await stream.write(asio::buffer(call.bytes));
        if (written.first && written.second == 0) {
            call.sent = sent_before;
            state.sent = false;
            co_return failed(call, "closed the connection: " + written.first.message());
        }
        // A server may refuse a body before it has read it all: so what could not be written in full may still have an answer.
        response_reader reader(call.verb, call.max_response);
        std::string buffer(read_size, '\0');
        while (true) {
            auto const received = co_await stream.read_some(asio::buffer(buffer));
            if (received.second > 0) {
                state.answered = true;
                auto const complete = reader.feed(std::string_view(buffer).substr(0, received.second));
                if (!complete) co_return complete.error();
                if (!*complete) continue;
                state.keep_alive = reader.keep_alive() && !written.first;
                co_return reader.take();
            }
            if (received.first == asio::error::eof && reader.finish()) co_return reader.take();
            if (received.first) co_return failed(call, "ended the connection before its answer was complete: " + received.first.message());
        }
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
