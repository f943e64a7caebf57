// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <optional>
#include <utility>

#include <chatrixcd/base/timeout.hpp>
#include <chatrixcd/base/url.hpp>

#include "http/connector.hpp"
#include "http/response_reader.hpp"
#include "http/websocket_connection.hpp"
#include "http/websocket_handshake.hpp"
#include "http/wire.hpp"

namespace chatrixcd::base::http {

namespace {

namespace asio = boost::asio;
using asio::awaitable;

constexpr std::size_t read_size = 16U << 10U;
constexpr std::size_t max_head = 64U << 10U;

error lost(origin const& where, boost::system::error_code const& why) {
    return error(error_kind::unavailable, where.host + " port " + std::to_string(where.port) + " closed the connection: " + why.message());
}

class dialer final : public websocket_dialer {
public:
    dialer(asio::any_io_executor executor, clock& time, client_options options, websocket_limits limits)
        : executor_(executor),
          time_(time),
          options_(std::move(options)),
          limits_(limits),
          dice_(make_system_random()),
          connector_(std::move(executor), time_, {options_.ca_file, options_.certificate_file, options_.key_file}, options_.user_agent) {}

    awaitable<result<websocket_answer>> open(request r) override {
        auto const limit = r.timeout;
        auto const host = r.url;
        auto opened = co_await with_timeout(time_, connect(std::move(r)), limit);
        if (opened) co_return std::move(*opened);
        co_return error(error_kind::unavailable, host + " did not open a WebSocket in " + std::to_string(limit.count()) + " ms");
    }

private:
    awaitable<result<websocket_answer>> connect(request r) {
        auto const target = parse_url(r.url);
        if (!target) co_return target.error();
        auto const* const proxy = options_.proxy.proxy_for(*target);
        r.headers.set("Accept-Encoding", "identity");
        auto head = request_head(r, *target, options_.user_agent, target->tls ? nullptr : proxy);
        if (!head) co_return head.error();
        origin where;
        where.tls = target->tls;
        where.host = target->host;
        where.port = target->port;
        if (proxy != nullptr) where.proxy = proxy->name();
        auto stream = co_await connector_.connect(where, proxy, std::min<duration>(r.timeout, options_.connect_timeout));
        if (!stream) co_return stream.error();
        auto const key = new_websocket_key(*dice_);
        auto const wish = with_websocket_fields(std::move(*head), key);
        auto const written = co_await (*stream)->write(asio::buffer(wish));
        if (written.first) co_return lost(where, written.first);
        co_return co_await read_answer(std::move(*stream), where, key, r.max_response);
    }

    awaitable<result<websocket_answer>> read_answer(std::unique_ptr<byte_stream> stream, origin where, std::string key,
                                                    std::size_t max_body) {
        std::string received;
        std::size_t end = std::string::npos;
        std::string buffer(read_size, '\0');
        while ((end = received.find("\r\n\r\n")) == std::string::npos && received.size() < max_head) {
            auto const some = co_await stream->read_some(asio::buffer(buffer));
            if (some.first && stream->is_certificate_refused(some.first)) co_return certificate_refusal(where.host, some.first);
            if (some.first) co_return lost(where, some.first);
            received.append(buffer, 0, some.second);
        }
        bool const is_whole = end != std::string::npos;
        if (!is_whole || !is_switching(received)) co_return co_await read_refusal(std::move(stream), where, std::move(received), max_body);
        end += 4;
        auto const agreed = check_switching(std::string_view(received).substr(0, end), key);
        if (!agreed) co_return agreed.error();
        websocket_answer opened;
        opened.socket =
            make_websocket(executor_, std::move(stream), time_, make_system_random(), limits_, std::string_view(received).substr(end));
        co_return opened;
    }

    static awaitable<result<websocket_answer>> read_refusal(std::unique_ptr<byte_stream> stream, origin where, std::string received,
                                                            std::size_t max_body) {
        response_reader reader(method::get, max_body);
        std::string buffer(read_size, '\0');
        auto complete = reader.feed(received);
        while (complete && !*complete) {
            auto const some = co_await stream->read_some(asio::buffer(buffer));
            if (some.first) {
                complete = reader.finish();
                if (complete && !*complete) co_return lost(where, some.first);
            } else {
                complete = reader.feed(std::string_view(buffer).substr(0, some.second));
            }
        }
        if (!complete) co_return complete.error();
        websocket_answer refused;
        refused.refusal = reader.take();
        co_return refused;
    }

    asio::any_io_executor executor_;
    clock& time_;
    client_options options_;
    websocket_limits limits_;
    std::unique_ptr<random> dice_;
    connector connector_;
};

}  // namespace

std::unique_ptr<websocket_dialer> make_websocket_dialer(asio::any_io_executor executor, clock& time, client_options options,
                                                        websocket_limits limits) {
    return std::make_unique<dialer>(std::move(executor), time, std::move(options), limits);
}

}  // namespace chatrixcd::base::http
