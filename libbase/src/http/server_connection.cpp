// SPDX-License-Identifier: Apache-2.0
#include "http/server_connection.hpp"

#include <sys/socket.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <exception>
#include <optional>
#include <utility>

#include <chatrixcd/base/notifier.hpp>
#include <chatrixcd/base/task_group.hpp>
#include <chatrixcd/base/timeout.hpp>

#include "http/websocket_connection.hpp"
#include "http/websocket_handshake.hpp"
#include "http/wire.hpp"

namespace chatrixcd::base::http {

namespace {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;
constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

constexpr std::size_t read_size = 16U << 10U;
// How much, and for how long, a refused client may still send before the connection is cut (RFC 9112, 9.6: cut at once, the
// refusal may be lost on its way).
constexpr std::size_t max_drained = 4U << 20U;
constexpr std::chrono::milliseconds max_drain_time = std::chrono::seconds(2);

std::string text_of(tcp::socket const& socket) {
    boost::system::error_code failure;
    auto address = socket.remote_endpoint(failure).address();
    if (failure) return {};
    if (address.is_v6() && address.to_v6().is_v4_mapped()) address = asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
    return address.to_string();
}

std::string describe(std::exception_ptr const& failure) {
    try {
        std::rethrow_exception(failure);
    } catch (std::exception const& e) {
        return e.what();
    } catch (...) {
        return "an exception of an unknown type";
    }
}

// Until the peer has closed as well.
asio::awaitable<bool> last_words(websocket& of) {
    for (;;) {
        auto const message = co_await of.receive();
        if (!message) co_return true;
    }
}

}  // namespace

// A request that the handler works on. Shared with what watches the peer meanwhile, which may come too late.
struct server_connection::exchange {
    explicit exchange(asio::any_io_executor const& executor) : ended(executor), task(executor, nullptr) {}

    static asio::awaitable<void> run(std::shared_ptr<exchange> self, handler& answers, request r) {
        try {
            self->answer.emplace(co_await answers.handle(std::move(r)));
        } catch (...) {
            self->failure = std::current_exception();
        }
        self->done = true;
        self->ended.notify_all();
    }

    notifier ended;
    task_group task;
    std::optional<response> answer;
    std::exception_ptr failure;
    bool done = false;
    bool cancelled = false;
};

server_connection::server_connection(tcp::socket socket, server_options const& options, clock& time, handler& answers, logger const& log)
    : socket_(std::move(socket)),
      alarm_(socket_.get_executor()),
      options_(options),
      time_(time),
      answers_(answers),
      log_(log),
      reader_(options.max_header, options.max_body),
      buffer_(read_size, '\0'),
      remote_(text_of(socket_)) {}

asio::awaitable<void> server_connection::run() {
    // A cancelled operation fails, and that closes the connection: no other way out is needed.
    co_await asio::this_coro::throw_if_cancelled(false);
    while (true) {
        bool const asked = co_await read_request();
        if (!asked) break;
        answering_ = true;
        bool const going_on = co_await answer_request();
        answering_ = false;
        if (!going_on || finishing_) break;
        auto const status = reader_.next();
        if (status != 0) {
            co_await refuse(status);
            break;
        }
    }
    stop_alarm();
    boost::system::error_code ignored;
    socket_.close(ignored);
}

void server_connection::finish() {
    finishing_ = true;
    if (upgraded_ != nullptr) upgraded_->close();
    boost::system::error_code ignored;
    if (!answering_ && reader_.idle()) socket_.close(ignored);
}

void server_connection::limit_time(std::chrono::milliseconds limit) { limit_time(asio::steady_timer::clock_type::now() + limit); }

void server_connection::limit_time(asio::steady_timer::time_point until) {
    alarm_.expires_at(until);
    auto ring = [weak = weak_from_this()](boost::system::error_code stopped) {
        auto const self = weak.lock();
        boost::system::error_code ignored;
        // The wait may have ended just before the alarm was moved or stopped: the timer knows.
        if (!stopped && self && self->alarm_.expiry() <= asio::steady_timer::clock_type::now()) self->socket_.close(ignored);
    };
    alarm_.async_wait(std::move(ring));
}

void server_connection::stop_alarm() { alarm_.expires_at(asio::steady_timer::time_point::max()); }

// The connection is one from now on, and nothing else any more.
asio::awaitable<void> server_connection::become_websocket(request asked) {
    std::string const path(asked.path());
    auto const bad = bad_websocket_request(asked);
    std::optional<response> refusal;
    if (bad != 0) {
        refusal.emplace(bad);
        refusal->headers.set("Upgrade", "websocket");
        refusal->headers.set("Sec-WebSocket-Version", "13");
    }
    if (!refusal) refusal = options_.websockets->refusal(asked);
    auto bytes = refusal ? encode(*refusal, /*with_body=*/true, /*keep_alive=*/false) : switching_head(asked);
    bool const written = co_await write(std::move(bytes));
    stop_alarm();
    if (!written || refusal) co_return;
    auto const executor = socket_.get_executor();
    auto const socket =
        make_websocket(executor, make_plain_stream(std::move(socket_)), time_, /*dice=*/nullptr, options_.websockets->limits());
    upgraded_ = socket.get();
    if (finishing_) socket->close();
    try {
        co_await options_.websockets->serve(*socket);
        socket->close();
        co_await with_timeout(time_, last_words(*socket), max_drain_time);
    } catch (boost::system::system_error const& e) {
        log_.debug("a WebSocket was cut", {{"path", path}, {"what", e.what()}});
    } catch (...) {
        log_.error("a WebSocket handler failed", {{"path", path}, {"what", describe(std::current_exception())}});
    }
    upgraded_ = nullptr;
}

// What was received, 0 if the connection has ended.
asio::awaitable<std::size_t> server_connection::read_some() {
    if (!socket_.is_open()) co_return 0;
    auto [failure, count] = co_await socket_.async_read_some(asio::buffer(buffer_), as_result);
    co_return failure ? 0 : count;
}

// False if none will come.
asio::awaitable<bool> server_connection::read_request() {
    // The header has this long; a body may take longer as long as it moves.
    limit_time(options_.idle_timeout);
    std::optional<asio::steady_timer::time_point> due;
    bool continued = false;
    while (!reader_.complete()) {
        if (reader_.header_complete() && !continued && reader_.expects_continue()) {
            continued = true;
            std::string leave = "HTTP/1.1 100 Continue\r\n\r\n";
            if (!co_await write(std::move(leave))) co_return false;
        }
        auto const count = co_await read_some();
        if (count == 0) co_return false;
        auto const status = reader_.feed(std::string_view(buffer_).substr(0, count));
        if (status != 0) {
            co_await refuse(status);
            co_return false;
        }
        if (!due && options_.request_timeout.count() > 0) due = asio::steady_timer::clock_type::now() + options_.request_timeout;
        // A header does not get more time by coming in pieces.
        if (reader_.header_complete()) limit_time(options_.idle_timeout);
        if (due && *due < alarm_.expiry()) limit_time(*due);
    }
    stop_alarm();
    co_return true;
}

bool server_connection::peer_left() {
    char byte = 0;
    return ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

void server_connection::watch_peer(std::shared_ptr<exchange> const& current) {
    auto readable = [self = shared_from_this(), current](boost::system::error_code failure) {
        if (failure || current->done || !self->peer_left()) return;
        current->cancelled = true;
        current->task.cancel();
    };
    socket_.async_wait(tcp::socket::wait_read, std::move(readable));
}

// True if the connection can take another request.
asio::awaitable<bool> server_connection::answer_request() {
    bool const wants_more = reader_.keep_alive();
    auto asked = reader_.take();
    asked.remote = remote_;
    if (options_.websockets != nullptr && wants_websocket(asked)) {
        co_await become_websocket(std::move(asked));
        co_return false;
    }
    auto const verb = asked.verb;
    std::string const path(asked.path());
    auto const stopping = co_await asio::this_coro::cancellation_state;
    if (stopping.cancelled() != asio::cancellation_type::none) co_return false;

    auto const current = std::make_shared<exchange>(socket_.get_executor());
    current->task.spawn(exchange::run(current, answers_, std::move(asked)));
    // What only reads may be left half done.
    if (verb == method::get || verb == method::head) watch_peer(current);
    try {
        while (!current->done) co_await current->ended.wait();
    } catch (boost::system::system_error const&) {
        current->cancelled = true;
    }
    co_await detail::cancel_and_join(current->task);
    boost::system::error_code ignored;
    socket_.cancel(ignored);
    if (current->cancelled) co_return false;

    if (current->failure) {
        auto fault = fault_in(current->failure);
        if (fault) {
            co_await misbehave(std::move(*fault), verb != method::head);
            co_return false;
        }
        log_.error("a request handler failed", {{"method", to_string(verb)}, {"path", path}, {"what", describe(current->failure)}});
        current->answer.emplace(500);
    }
    bool const keep_alive = wants_more && !finishing_;
    auto bytes = encode(*current->answer, verb != method::head, keep_alive);
    bool const written = co_await write(std::move(bytes));
    stop_alarm();
    co_return written&& keep_alive;
}

std::string server_connection::encode(response const& answer, bool with_body, bool keep_alive) const {
    auto head = response_head(answer, answer.body.size(), keep_alive, time_.now());
    if (!head) {
        log_.error("a request handler gave an answer that cannot be sent", {{"what", head.error().message()}});
        return response_head(response(500), 0, keep_alive, time_.now()).value();
    }
    if (with_body && !has_no_body(answer.status)) head->append(answer.body);
    return std::move(*head);
}

// False if the client did not take it all in time.
asio::awaitable<bool> server_connection::write(std::string bytes) {
    asio::const_buffer left = asio::buffer(bytes);
    while (left.size() > 0 && socket_.is_open()) {
        limit_time(options_.idle_timeout);
        auto [failure, count] = co_await socket_.async_write_some(left, as_result);
        if (failure) co_return false;
        left += count;
    }
    co_return left.size() == 0;
}

asio::awaitable<void> server_connection::refuse(unsigned status) {
    auto bytes = encode(response(status), /*with_body=*/false, /*keep_alive=*/false);
    if (!co_await write(std::move(bytes))) co_return;
    boost::system::error_code ignored;
    socket_.shutdown(tcp::socket::shutdown_send, ignored);
    limit_time(max_drain_time);
    for (std::size_t drained = 0; drained < max_drained;) {
        auto const count = co_await read_some();
        if (count == 0) co_return;
        drained += count;
    }
}

}  // namespace chatrixcd::base::http
