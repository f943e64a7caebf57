// SPDX-License-Identifier: Apache-2.0
#include "http/attempt.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <string_view>
#include <utility>

#include <chatrixcd/base/task_group.hpp>
#include <chatrixcd/base/timeout.hpp>

#include "http/pieces.hpp"

namespace chatrixcd::base::http {

namespace asio = boost::asio;

namespace {

constexpr std::size_t read_size = 16U << 10U;

}  // namespace

outgoing::outgoing(request r, origin to, std::string head)
    : verb(r.verb),
      where(std::move(to)),
      max_response(r.max_response),
      bytes(std::move(head)),
      decode(!r.headers.get("Accept-Encoding")),
      source(std::move(r.source)),
      sink(std::move(r.sink)) {
    if (!source) bytes += r.body;
}

error outgoing::failed(std::string const& what) const {
    auto const kind = sent ? error_kind::timeout_unknown : error_kind::unavailable;
    return error(kind, where.host + " port " + std::to_string(where.port) + " " + what);
}

attempt::attempt(outgoing& call, byte_stream& stream)
    : call_(call), stream_(stream), reader_(call.verb, call.max_response, /*in_pieces=*/call.sink != nullptr, call.decode) {}

error attempt::lost(std::string const& what, boost::system::error_code const& why) {
    if (stream_.is_certificate_refused(why)) return certificate_refusal(call_.where.host, why);
    lost_connection_ = true;
    return call_.failed(what + ": " + why.message());
}

asio::awaitable<result<response>> attempt::run() {
    if (call_.source) {
        auto const ready = call_.source->rewind();
        if (!ready) co_return ready.error();
    }
    bool const sent_before = call_.sent;
    // Set before the write, which may be cut with some of it gone.
    call_.sent = sent_ = true;
    auto const written = co_await stream_.write(asio::buffer(call_.bytes));
    if (written.first && written.second == 0) {
        call_.sent = sent_before;
        sent_ = false;
        co_return lost("closed the connection", written.first);
    }
    if (call_.source && !written.first) co_return co_await read_while_writing();
    wrote_all_ = !written.first;
    co_return co_await read_answer();
}

asio::awaitable<result<response>> attempt::read_while_writing() {
    auto const executor = co_await asio::this_coro::executor;
    auto const throws = co_await asio::this_coro::throw_if_cancelled();
    auto failed = [this](std::exception_ptr why) {
        source_threw_ = std::move(why);
        stream_.hang_up();
    };
    task_group writing(executor, std::move(failed));
    writing.spawn(write_body());
    std::optional<result<response>> answer;
    std::exception_ptr interrupted;
    try {
        answer.emplace(co_await read_answer());
    } catch (...) {
        interrupted = std::current_exception();
    }
    // Without this, Asio would refuse a cancelled caller the join.
    co_await asio::this_coro::throw_if_cancelled(false);
    co_await detail::cancel_and_join(writing);
    co_await asio::this_coro::throw_if_cancelled(throws);
    if (interrupted) std::rethrow_exception(interrupted);
    if (source_threw_) std::rethrow_exception(source_threw_);
    if (source_failed_ && !*answer) {
        lost_connection_ = false;
        co_return *source_failed_;
    }
    co_return std::move(*answer);
}

asio::awaitable<void> attempt::write_body() {
    auto left = call_.source->size();
    while (left > 0) {
        auto const piece = co_await next_piece(*call_.source, left);
        if (!piece) {
            source_failed_ = piece.error();
            stream_.hang_up();
            co_return;
        }
        auto const written = co_await stream_.write(asio::buffer(*piece));
        // The peer wants no more of it, and may have said why.
        if (written.first) co_return;
        left -= piece->size();
    }
    wrote_all_ = true;
}

asio::awaitable<result<response>> attempt::read_answer() {
    std::string buffer(read_size, '\0');
    bool complete = false;
    while (!complete) {
        auto const received = co_await stream_.read_some(asio::buffer(buffer));
        if (received.second > 0) {
            answered_ = true;
            auto const fed = reader_.feed(std::string_view(buffer).substr(0, received.second));
            if (!fed) co_return fed.error();
            complete = *fed;
        } else if (received.first == asio::error::eof) {
            auto const finished = reader_.finish();
            if (!finished) co_return finished.error();
            complete = *finished;
        }
        if (received.first && !complete) co_return lost("ended the connection before its answer was complete", received.first);
        if (reader_.in_pieces()) {
            auto const passed = co_await pass_on();
            if (!passed) co_return passed.error();
        }
    }
    keep_alive_ = reader_.keep_alive();
    co_return reader_.take();
}

asio::awaitable<result<void>> attempt::pass_on() {
    if (!sink_ready_) {
        auto const ready = call_.sink->rewind();
        if (!ready) co_return ready.error();
        sink_ready_ = true;
    }
    while (true) {
        auto piece = reader_.take_piece();
        if (!piece) co_return piece.error();
        if (piece->empty()) co_return result<void>();
        auto const written = co_await call_.sink->write(std::move(*piece));
        if (!written) co_return written.error();
    }
}

}  // namespace chatrixcd::base::http
