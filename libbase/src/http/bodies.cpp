// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include <chatrixcd/base/http_bodies.hpp>

#include "http/pieces.hpp"

namespace chatrixcd::base::http {

namespace asio = boost::asio;

namespace {

class string_source final : public body_source {
public:
    explicit string_source(std::string content) : content_(std::move(content)) {}

    std::uint64_t size() const override { return content_.size(); }
    asio::awaitable<result<std::string>> read(std::size_t most) override {
        auto piece = content_.substr(at_, most);
        at_ += piece.size();
        co_return piece;
    }
    result<void> rewind() override {
        at_ = 0;
        return {};
    }

private:
    std::string content_;
    std::size_t at_ = 0;
};

}  // namespace

std::shared_ptr<body_source> make_string_source(std::string content) { return std::make_shared<string_source>(std::move(content)); }

result<void> string_sink::rewind() {
    content_.clear();
    return {};
}

asio::awaitable<result<void>> string_sink::write(std::string piece) {
    content_ += piece;
    co_return result<void>();
}

asio::awaitable<result<std::string>> next_piece(body_source& source, std::uint64_t left) {
    auto const most = static_cast<std::size_t>(std::min<std::uint64_t>(left, max_piece));
    auto piece = co_await source.read(most);
    if (!piece) co_return piece.error();
    if (piece->empty()) co_return error(error_kind::invalid, "the body's source ended " + std::to_string(left) + " bytes early");
    if (piece->size() > most) co_return error(error_kind::invalid, "the body's source gave more than it was asked for");
    co_return piece;
}

error too_long(std::size_t max_body) {
    return error(error_kind::too_large, "the answer is longer than " + std::to_string(max_body) + " bytes");
}

asio::awaitable<result<request>> gather_body(request r) {
    auto const source = std::exchange(r.source, nullptr);
    r.sink = nullptr;
    if (!source) co_return r;
    auto const ready = source->rewind();
    if (!ready) co_return ready.error();
    r.body.clear();
    while (r.body.size() < source->size()) {
        auto const piece = co_await next_piece(*source, source->size() - r.body.size());
        if (!piece) co_return piece.error();
        r.body += *piece;
    }
    co_return r;
}

asio::awaitable<result<response>> deliver_body(response answer, std::shared_ptr<body_sink> sink, std::size_t max_response) {
    if (answer.body.size() > max_response) co_return too_long(max_response);
    if (!sink || answer.status < 200 || answer.status > 299) co_return answer;
    auto const ready = sink->rewind();
    if (!ready) co_return ready.error();
    std::string const body = std::exchange(answer.body, std::string());
    for (std::size_t at = 0; at < body.size(); at += max_piece) {
        auto const written = co_await sink->write(body.substr(at, max_piece));
        if (!written) co_return written.error();
    }
    co_return answer;
}

}  // namespace chatrixcd::base::http
