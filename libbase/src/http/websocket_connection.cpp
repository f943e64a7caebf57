// SPDX-License-Identifier: Apache-2.0
#include "http/websocket_connection.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>
#include <deque>
#include <utility>

#include <chatrixcd/base/task_group.hpp>
#include <chatrixcd/base/text.hpp>
#include <chatrixcd/base/timeout.hpp>

#include "http/websocket_frames.hpp"

namespace chatrixcd::base::http {

namespace {

namespace asio = boost::asio;
using asio::awaitable;

constexpr std::size_t read_size = 16U << 10U;
// Behind what was queued for the peer's sake there is always room for what the protocol asks us to say.
constexpr std::size_t room_for_control = 16;

// RFC 6455, section 7.4.1.
enum class close_code : std::uint16_t { normal = 1000, protocol_error = 1002, not_a_text = 1003, not_utf8 = 1007, too_large = 1009 };

std::string close_payload(close_code code) {
    auto const number = static_cast<unsigned>(code);
    return {static_cast<char>(number >> 8U), static_cast<char>(number & 0xFFU)};
}

bool is_utf8(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        auto const length = text::utf8_length(text, at);
        if (length == 0) return false;
        at += length;
    }
    return true;
}

// Why a peer closed, in its own words.
error closed_by_peer(std::string_view payload) {
    constexpr std::size_t code_size = 2;
    auto const words = text::one_line(payload.substr(std::min(code_size, payload.size())));
    return error(error_kind::unavailable, "the peer closed the WebSocket" + (words.empty() ? "" : ": " + words));
}

// What is shared with the writing, which may still be under way when the connection is let go.
class outgoing_frames : public std::enable_shared_from_this<outgoing_frames> {
public:
    outgoing_frames(asio::any_io_executor executor, std::unique_ptr<byte_stream> to)
        : executor_(std::move(executor)), stream_(std::move(to)) {}

    byte_stream& stream() noexcept { return *stream_; }
    std::size_t waiting() const noexcept { return waiting_.size(); }
    bool has_failed() const noexcept { return failed_; }

    void add(std::string bytes) {
        waiting_.push_back(std::move(bytes));
        if (std::exchange(writing_, true)) return;
        // It belongs to nobody who could join it: it ends with what was queued, or with the stream.
        auto ended = [self = shared_from_this()](std::exception_ptr failure) {
            if (failure) self->fail();
        };
        asio::co_spawn(executor_, write_all(shared_from_this()), std::move(ended));
    }

private:
    static awaitable<void> write_all(std::shared_ptr<outgoing_frames> self) {
        while (!self->waiting_.empty() && !self->failed_) {
            auto const bytes = std::move(self->waiting_.front());
            self->waiting_.pop_front();
            auto const written = co_await self->stream_->write(asio::buffer(bytes));
            if (written.first) self->fail();
        }
        self->writing_ = false;
    }
    // Whoever reads learns of it.
    void fail() {
        failed_ = true;
        stream_->hang_up();
    }

    asio::any_io_executor executor_;
    std::unique_ptr<byte_stream> stream_;
    std::deque<std::string> waiting_;
    bool writing_ = false;
    bool failed_ = false;
};

class connection final : public websocket {
public:
    connection(asio::any_io_executor executor, std::unique_ptr<byte_stream> stream, clock& time, std::unique_ptr<random> dice,
               websocket_limits limits, std::string_view received)
        : executor_(std::move(executor)),
          out_(std::make_shared<outgoing_frames>(executor_, std::move(stream))),
          time_(time),
          dice_(std::move(dice)),
          limits_(limits),
          reader_(/*masked=*/dice_ == nullptr, limits.max_message) {
        reader_.feed(received);
    }
    ~connection() override { out_->stream().hang_up(); }

    awaitable<result<std::string>> receive() override {
        if (auto known = take_message()) co_return std::move(*known);
        task_group keeping(executor_, nullptr);
        keeping.spawn(keep_alive());
        std::optional<result<std::string>> message;
        std::exception_ptr interrupted;
        auto const throws = co_await asio::this_coro::throw_if_cancelled();
        try {
            message.emplace(co_await read_message());
        } catch (...) {
            interrupted = std::current_exception();
            end(error(error_kind::unavailable, "the WebSocket was given up"));
        }
        co_await asio::this_coro::throw_if_cancelled(false);
        co_await detail::cancel_and_join(keeping);
        co_await asio::this_coro::throw_if_cancelled(throws);
        if (interrupted) std::rethrow_exception(interrupted);
        co_return std::move(*message);
    }

    result<void> send(std::string text) override {
        if (ended_) return *ended_;
        if (closing_ || out_->has_failed()) return error(error_kind::unavailable, "the WebSocket is closed");
        if (out_->waiting() >= limits_.max_queued) return error(error_kind::too_large, "the peer of a WebSocket does not keep up");
        add(opcode::text, text);
        return {};
    }

    void close() override { close_with(close_code::normal); }

private:
    awaitable<result<std::string>> read_message() {
        std::string buffer(read_size, '\0');
        for (;;) {
            auto const received = co_await out_->stream().read_some(asio::buffer(buffer));
            if (received.first) co_return end(lost(received.first));
            heard_ = true;
            reader_.feed(std::string_view(buffer).substr(0, received.second));
            if (auto message = take_message()) co_return std::move(*message);
        }
    }

    // Of what has been received: a message, or why there will be none.
    std::optional<result<std::string>> take_message() {
        while (!ended_) {
            auto next = reader_.next();
            if (!next)
                return refuse(next.error().kind() == error_kind::too_large ? close_code::too_large : close_code::protocol_error,
                              next.error());
            if (!*next) return std::nullopt;
            if (auto message = take(std::move(**next))) return message;
        }
        return *ended_;
    }

    std::optional<result<std::string>> take(frame got) {
        switch (got.what) {
            case opcode::ping:
                if (!closing_ && out_->waiting() < limits_.max_queued + room_for_control) add(opcode::pong, got.payload);
                return std::nullopt;
            case opcode::pong:
                return std::nullopt;
            case opcode::close:
                close_with(close_code::normal);
                return end(closed_by_peer(got.payload));
            case opcode::binary:
                return refuse(close_code::not_a_text, error(error_kind::protocol, "a WebSocket message is no text"));
            default:
                return join(std::move(got));
        }
    }

    // A message may come in several frames.
    std::optional<result<std::string>> join(frame got) {
        bool const goes_on = got.what == opcode::continuation;
        if (goes_on != partial_.has_value()) {
            return refuse(close_code::protocol_error, error(error_kind::protocol, "the parts of a WebSocket message are out of order"));
        }
        if (!goes_on) partial_.emplace();
        if (partial_->size() + got.payload.size() > limits_.max_message) {
            auto const most = std::to_string(limits_.max_message);
            return refuse(close_code::too_large, error(error_kind::too_large, "a WebSocket message is longer than " + most + " bytes"));
        }
        partial_->append(got.payload);
        if (!got.is_last) return std::nullopt;
        auto text = std::move(*std::exchange(partial_, std::nullopt));
        if (!is_utf8(text)) return refuse(close_code::not_utf8, error(error_kind::protocol, "a WebSocket message is not UTF-8"));
        return result<std::string>(std::move(text));
    }

    // Ends with the task that waits: the connection itself is not touched.
    awaitable<void> keep_alive() {
        for (bool pinged = false;;) {
            heard_ = false;
            if (!co_await time_.wait(limits_.ping_after)) co_return;
            if (heard_) {
                pinged = false;
            } else if (pinged) {
                silent_ = true;
                out_->stream().hang_up();
                co_return;
            } else {
                add(opcode::ping, {});
                pinged = true;
            }
        }
    }

    error lost(boost::system::error_code const& why) const {
        if (silent_) return error(error_kind::unavailable, "the peer of a WebSocket does not answer any more");
        return error(error_kind::unavailable, "a WebSocket was lost: " + why.message());
    }

    error end(error why) {
        if (!ended_) ended_ = std::move(why);
        return *ended_;
    }
    error refuse(close_code code, error why) {
        close_with(code);
        return end(std::move(why));
    }
    void close_with(close_code code) {
        if (std::exchange(closing_, true)) return;
        add(opcode::close, close_payload(code));
    }
    void add(opcode what, std::string_view payload) {
        std::optional<frame_mask> mask;
        if (dice_) dice_->fill(std::as_writable_bytes(std::span(mask.emplace())));
        out_->add(frame_bytes(what, payload, mask));
    }

    asio::any_io_executor executor_;
    std::shared_ptr<outgoing_frames> out_;
    clock& time_;
    std::unique_ptr<random> dice_;
    websocket_limits limits_;
    frame_reader reader_;
    std::optional<std::string> partial_;  // of a message whose last frame has not come
    std::optional<error> ended_;
    bool closing_ = false;
    bool heard_ = false;
    bool silent_ = false;
};

}  // namespace

std::unique_ptr<websocket> make_websocket(asio::any_io_executor executor, std::unique_ptr<byte_stream> stream, clock& time,
                                          std::unique_ptr<random> dice, websocket_limits limits, std::string_view received) {
    return std::make_unique<connection>(std::move(executor), std::move(stream), time, std::move(dice), limits, received);
}

}  // namespace chatrixcd::base::http
