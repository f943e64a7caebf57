// SPDX-License-Identifier: Apache-2.0
// Live connections over which a test says every message.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <chatrixcd/base/notifier.hpp>
#include <chatrixcd/base/websocket.hpp>

namespace chatrixcd::test {

class scripted_dialer final : public base::http::websocket_dialer {
public:
    explicit scripted_dialer(boost::asio::any_io_executor executor) : line_(std::make_shared<line>(std::move(executor))) {}

    // The next wish for a connection is answered so.
    void refuse(base::http::response with) { refusals_.push_back(std::move(with)); }
    void say(std::string message) {
        line_->messages.push_back(std::move(message));
        line_->changed.notify_all();
    }
    void cut() {
        line_->is_cut = true;
        line_->changed.notify_all();
    }

    boost::asio::awaitable<base::result<base::http::websocket_answer>> open(base::http::request r) override {
        requests.push_back(std::move(r));
        base::http::websocket_answer answer;
        if (refusals_.empty()) {
            line_->is_cut = false;
            answer.socket = std::make_unique<socket>(line_);
        } else {
            answer.refusal = std::move(refusals_.front());
            refusals_.pop_front();
        }
        co_return answer;
    }

    std::vector<base::http::request> requests;

private:
    struct line {
        explicit line(boost::asio::any_io_executor executor) : changed(std::move(executor)) {}
        base::notifier changed;
        std::deque<std::string> messages;
        bool is_cut = false;
    };
    class socket final : public base::http::websocket {
    public:
        explicit socket(std::shared_ptr<line> on) : on_(std::move(on)) {}
        boost::asio::awaitable<base::result<std::string>> receive() override {
            while (on_->messages.empty() && !on_->is_cut) co_await on_->changed.wait();
            if (on_->messages.empty()) co_return base::error(base::error_kind::unavailable, "cut");
            auto message = std::move(on_->messages.front());
            on_->messages.pop_front();
            co_return message;
        }
        base::result<void> send(std::string) override { return {}; }
        void close() override {}

    private:
        std::shared_ptr<line> on_;
    };

    std::shared_ptr<line> line_;
    std::deque<base::http::response> refusals_;
};

}  // namespace chatrixcd::test
